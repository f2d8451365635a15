// @ts-check
// A list to choose from whose choice is saved at once, but not while one only walks through it with keys; docs/why/serving.md says why.

/**
 * Take what is chosen in the list; what arrow keys and letters reach in a closed list waits for Enter.
 *
 * @param {HTMLSelectElement} select
 * @param {(value: string) => void} take
 * @param {(value: string) => void} wait run where a choice waits for Enter
 */
export function choosing(select, take, wait) {
  const before = select.value;
  let byKeys = false;
  let taken = false;
  const leave = () => { if (!taken) select.value = before; };
  const save = () => {
    taken = true;
    take(select.value);
  };
  select.addEventListener("pointerdown", () => { byKeys = false; });
  select.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && select.value !== before) {
      event.preventDefault();
      save();
    } else if (event.key === "Escape") leave();
    // These open the list, where a choice is meant.
    else byKeys = event.key !== " " && event.key !== "Enter" && !event.altKey;
  });
  select.addEventListener("change", () => {
    if (!byKeys) save();
    else if (select.value !== before) wait(select.value);
  });
  select.addEventListener("blur", leave);
}
