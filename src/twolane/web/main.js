// Starts the parts of the page and hands them every new status.

import { follow } from "./api.js";
import { startAsking } from "./ask.js";
import { filesChanged, startFiles } from "./files.js";
import { showDisconnected, showStatus } from "./status.js";
import { setUploadLimit, startUploads } from "./upload.js";

function startTabs() {
  const tabs = [...document.querySelectorAll("[data-show]")];
  const mark = () => {
    for (const tab of tabs) {
      tab.setAttribute("aria-pressed", String(tab.dataset.show === document.body.dataset.view));
    }
  };
  for (const tab of tabs) {
    tab.addEventListener("click", () => { document.body.dataset.view = tab.dataset.show; });
  }
  new MutationObserver(mark).observe(document.body, { attributeFilter: ["data-view"] });
}

startTabs();
startAsking();
startUploads();
startFiles();
follow((status) => {
  showStatus(status);
  setUploadLimit(status.upload_limit_bytes);
  filesChanged(status);
}, showDisconnected);
