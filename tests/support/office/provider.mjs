// A real sign-in of an office, whose users are whoever types a name: node provider.mjs PORT CALLBACK
import { Provider } from "oidc-provider";

const [port, callback] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "twolane", client_secret: "a secret of the office", redirect_uris: [callback] }],
  claims: { openid: ["sub", "twolane_role"], profile: ["name", "preferred_username"], email: ["email"] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id, name: `The ${id}`, preferred_username: id, email: `${id}@office.example`,
      twolane_role: id === "chief" ? ["staff", "member"] : ["staff"],
    }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
