/* Files in the editor: chosen, dropped or pasted, they go to the wiki at once, and what shows them stands in the text.
   Without this script the button is a link to the form that does the same. */
(() => {
  "use strict";
  const one = (selector, within = document) => within.querySelector(selector);
  const make = (tag, attributes, text) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  };

  class Adding {
    constructor(place, form, text) {
      this.place = place;
      this.form = form;
      this.text = text;
      this.words = place.dataset;
      this.waiting = [];
      this.busy = false;
    }

    start() {
      const chosen = make("input", { type: "file", multiple: "", hidden: "", "aria-hidden": "true", tabindex: "-1" });
      const button = make("button", { type: "button", class: "kb-button kb-small" }, this.words.kbAdd);
      one("a", this.place).replaceWith(button, chosen);
      button.addEventListener("click", () => chosen.click());
      chosen.addEventListener("change", () => { this.take([...chosen.files]); chosen.value = ""; });
      this.list = this.place.appendChild(make("div", { class: "kb-arrivals", role: "status" })).appendChild(make("ul", { class: "kb-arriving" }));
      this.text.addEventListener("dragover", (event) => {
        if (![...event.dataTransfer.types].includes("Files")) return;
        event.preventDefault();
        this.text.classList.add("kb-dropping");
      });
      for (const name of ["dragleave", "drop"]) this.text.addEventListener(name, () => this.text.classList.remove("kb-dropping"));
      this.text.addEventListener("drop", (event) => this.from(event, event.dataTransfer));
      this.text.addEventListener("paste", (event) => this.from(event, event.clipboardData));
    }

    /* A text beside the files (a cell of a spreadsheet has both) is what was meant. */
    from(event, data) {
      const files = [...(data?.files || [])];
      if (!files.length || (event.type === "paste" && data.types.includes("text/plain"))) return;
      event.preventDefault();
      this.take(files);
    }

    take(files) {
      this.waiting.push(...files);
      if (!this.busy) this.next();
    }

    async next() {
      this.busy = true;
      while (this.waiting.length) await this.add(this.waiting.shift());
      this.busy = false;
    }

    async add(file) {
      const line = this.list.appendChild(make("li", {}));
      line.append(make("bdi", {}, file.name), " ");
      const told = line.appendChild(make("span", { class: "kb-quiet" }));
      if (file.size > Number(this.words.kbMost)) { this.fail(line, told, this.words.kbLarge); return; }
      const alt = file.type.startsWith("image/") || file.type.startsWith("video/") ? await this.ask(file) : "";
      if (alt === null) { line.remove(); return; }
      const sent = { alt };
      for (;;) {
        const answer = await this.send(file, sent, told);
        if (answer.text && !answer.error) { this.insert(answer.text); line.remove(); return; }
        if (!answer.kind) { this.fail(line, told, answer.error || this.words.kbFailed); return; }
        const choice = await this.choose(answer);
        if (choice === "there") { this.insert(answer.text); line.remove(); return; }
        if (!choice) { line.remove(); return; }
        sent.again = "1";
        if (choice !== "again") sent.if_there = choice;
      }
    }

    fail(line, told, words) {
      told.className = "kb-error";
      told.textContent = words;
      const gone = line.appendChild(make("button", { type: "button", class: "kb-aslink" }, this.words.kbDismiss));
      gone.addEventListener("click", () => line.remove());
    }

    send(file, fields, told) {
      const sent = new FormData();
      for (const field of this.form.querySelectorAll("input[type=hidden]")) if (field.name !== "base" && field.name !== "path") sent.set(field.name, field.value);
      const page = (one("[name=path]", this.form)?.value || "").replace(/^\/+|\/+$/g, "");
      sent.set("quiet", "1");
      sent.set("page", page);
      sent.set("folder", page);
      if (!file.name || /^image\.(png|jpe?g)$/i.test(file.name)) sent.set("name", this.pastedName(file));
      for (const [name, value] of Object.entries(fields)) sent.set(name, value);
      sent.set("file", file, file.name || "file");
      return new Promise((done) => {
        const request = new XMLHttpRequest();
        request.open("POST", this.words.kbFiles);
        request.responseType = "json";
        request.upload.addEventListener("progress", (event) => {
          if (event.lengthComputable) told.textContent = `${Math.floor(100 * event.loaded / event.total)} %`;
        });
        request.addEventListener("load", () => done(request.response || { error: this.words.kbFailed }));
        request.addEventListener("error", () => done({ error: this.words.kbFailed }));
        request.send(sent);
      });
    }

    /* What is pasted from a screen is always called image.png. */
    pastedName(file) {
      const now = new Date();
      const two = (number) => String(number).padStart(2, "0");
      const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
      return `${day} ${two(now.getHours())}.${two(now.getMinutes())}.${two(now.getSeconds())}.${file.type === "image/jpeg" ? "jpg" : "png"}`;
    }

    insert(words) {
      const { selectionStart: start, selectionEnd: end, value } = this.text;
      const before = start && !/\s$/.test(value.slice(0, start)) ? " " : "";
      this.text.focus();
      /* The old command keeps the browser's own undo; where it is gone, the text is set. */
      if (document.execCommand?.("insertText", false, `${before}${words}\n`)) return;
      this.text.setRangeText(`${before}${words}\n`, start, end, "end");
      this.text.dispatchEvent(new Event("input", { bubbles: true }));
    }

    dialog(title) {
      const dialog = make("dialog", { class: "kb-keys-window kb-asking", "aria-labelledby": "kb_asking" });
      const form = dialog.appendChild(make("form", { method: "dialog", class: "kb-form" }));
      form.append(make("h2", { id: "kb_asking" }, title));
      one(".kb .kb-main").append(dialog);
      dialog.addEventListener("close", () => dialog.remove());
      return [dialog, form];
    }

    ask(file) {
      const [dialog, form] = this.dialog(this.words.kbShows);
      const shown = make("p", { class: "kb-path" });
      shown.append(make("bdi", {}, file.name));
      const field = make("input", { type: "text", name: "alt", maxlength: "1000", autocomplete: "off", dir: "auto", "aria-labelledby": "kb_asking", "aria-describedby": "kb_asking_why" });
      const buttons = make("div", { class: "kb-buttons" });
      buttons.append(
        make("button", { type: "submit", value: "add", class: "kb-button kb-primary" }, this.words.kbAdd),
        make("button", { type: "submit", value: "none", class: "kb-button" }, this.words.kbDecoration),
        make("button", { type: "submit", value: "", class: "kb-button kb-plain" }, this.words.kbCancel));
      form.append(shown, field, make("p", { class: "kb-hint", id: "kb_asking_why" }, this.words.kbWhy), buttons);
      dialog.showModal();
      field.focus();
      return new Promise((done) => dialog.addEventListener("close", () => {
        done(dialog.returnValue === "add" ? field.value : dialog.returnValue === "none" ? "" : null);
      }));
    }

    choose(answer) {
      const [dialog, form] = this.dialog(answer.error);
      const path = make("p", { class: "kb-path" });
      path.append(make("bdi", {}, answer.path));
      const choices = answer.kind === "same"
        ? [["there", this.words.kbUse], ["again", this.words.kbAgain]]
        : [["keep-both", this.words.kbBoth.replace("{name}", answer.free)], ["replace", this.words.kbReplace], ["there", this.words.kbUse]];
      const buttons = make("div", { class: "kb-buttons" });
      choices.forEach(([value, words], at) => buttons.append(make("button", { type: "submit", value, class: at ? "kb-button" : "kb-button kb-primary" }, words)));
      buttons.append(make("button", { type: "submit", value: "", class: "kb-button kb-plain" }, this.words.kbCancel));
      form.append(path, buttons);
      dialog.showModal();
      return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue)));
    }
  }

  function start() {
    const place = one(".kb [data-kb-files]");
    const form = place?.closest("form");
    const text = form && one("textarea[name=text]", form);
    if (text) new Adding(place, form, text).start();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
