// @ts-check
// A field for a question: as high as its text, and sent by Enter.

/**
 * Let Enter send a field's form, and Shift and Enter begin a line.
 *
 * @param {HTMLTextAreaElement} field
 */
export function sendByEnter(field) {
  field.addEventListener("keydown", (event) => {
    // Enter while a word is being composed (as in Japanese) ends the word, not the question.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    field.form?.requestSubmit();
  });
}

/**
 * Let a field be as high as its text, up to a limit.
 *
 * @param {HTMLTextAreaElement} field
 */
export function grow(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
}
