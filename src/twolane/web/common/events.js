// @ts-check
// Server-sent events: pieces of a stream become events, wherever the pieces were cut.

/** @typedef {{ name: string, data: string }} ServerEvent */

export class EventParser {
  #rest = "";
  #name = "";
  /** @type {string[]} */
  #data = [];

  /**
   * Return the events that end in this piece; what is not yet whole is kept for the next one.
   *
   * @param {string} piece
   * @returns {ServerEvent[]}
   */
  take(piece) {
    const text = this.#rest + piece;
    // A carriage return at the end may be the first half of a line's end.
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    const lines = whole.split(/\r\n|\r|\n/);
    this.#rest = (lines.pop() ?? "") + text.slice(whole.length);
    return lines.flatMap((line) => this.#takeLine(line));
  }

  /**
   * @param {string} line
   * @returns {ServerEvent[]}
   */
  #takeLine(line) {
    if (!line) return this.#end();
    const at = line.indexOf(":");
    const field = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    else if (field === "data") this.#data.push(value);
    return []; // a line that begins with a colon is a comment, which keeps the connection open
  }

  /** @returns {ServerEvent[]} */
  #end() {
    const event = { name: this.#name || "message", data: this.#data.join("\n") };
    const empty = !this.#data.length;
    this.#name = "";
    this.#data = [];
    return empty ? [] : [event];
  }
}
