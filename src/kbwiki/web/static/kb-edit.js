/* The editor: tools, keys, suggestions, tables, pasting and a preview that follows. Without this script the field is a
   field, and everything works. What it writes, the browser can undo. No key costs more in a long text than in a short
   one: the whole text is looked at only after a pause, or where a key asks for it.
   Its parts are scripts of their own, loaded before: the field, tables, pasting, suggestions, the preview. */
(() => {
  "use strict";
  const { one, all, make, store, mac, large, isAddress, Field, Table, Converted, Suggesting, Live, caretAt, suggestTags, tableOf, rowsOf } = document[Symbol.for("kbwiki.edit")];

  class Editor {
    constructor(place) {
      this.place = place;
      this.words = place.dataset;
      this.form = place.closest("form");
      this.field = new Field(one("textarea[name=text]", place));
      this.said = one(".kb-written [role=status]", place);
      this.tools();
      for (const hidden of all("[data-kb-with-script]", place)) hidden.hidden = false;
      this.suggesting = new Suggesting(this);
      this.live = new Live(this);
      delete place.dataset.kbWaits;
      suggestTags(one("[name=tags]", this.form), this);
      const { area } = this.field;
      area.addEventListener("keydown", (event) => this.key(event));
      area.addEventListener("input", (event) => {
        this.composing = event.isComposing;
        this.changedInTable = this.inTable !== undefined;
        if (!this.field.puts) this.suggesting.typed(event);
        this.changed();
      });
      area.addEventListener("paste", (event) => this.paste(event));
      for (const other of ["title", "path"]) this.form.elements[other]?.addEventListener("input", () => this.changed());
    }
    get path() { return (this.form.elements.path?.value || "").replace(/^\/+|\/+$/g, ""); }
    say(words) { this.said.textContent = words; }
    changed() { if (this.live.isOn) this.live.later(); }

    tools() {
      const bar = this.bar = one(".kb-toolbar", this.place);
      if (mac) for (const button of all("[aria-keyshortcuts]", bar)) {
        button.setAttribute("aria-keyshortcuts", button.getAttribute("aria-keyshortcuts").replace("Control", "Meta"));
        button.title = button.title.replace("Ctrl+", "⌘").replace("Shift+", "⇧");
      }
      const buttons = () => all("button", bar).filter((button) => !button.closest("[hidden]"));
      buttons()[0].tabIndex = 0;
      bar.addEventListener("click", (event) => { const button = event.target.closest("button"); if (button) this.insert(button); });
      bar.addEventListener("focusin", (event) => { for (const button of all("button", bar)) button.tabIndex = button === event.target ? 0 : -1; });
      bar.addEventListener("keydown", (event) => {
        const row = buttons();
        const at = row.indexOf(document.activeElement);
        const turned = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
        const to = { ArrowRight: at + turned, ArrowLeft: at - turned, Home: 0, End: row.length - 1 }[event.key];
        if (to === undefined || at < 0) return;
        event.preventDefault();
        row[(to + row.length) % row.length].focus();
      });
    }

    /* What a button or an entry of the menu does; in place of `from`..`to`, where it was asked for by typing. */
    insert(button, from, to) {
      if (from !== undefined) this.field.put("", from, to);
      const { kbDoes: does, kbBefore: before, kbAfter: after, kbPlaceholder: placeholder } = button.dataset;
      if (before !== undefined) { this.field.around(before, after, placeholder); return; }
      this.do(does);
    }

    do(what) {
      const { field, words } = this;
      const here = {
        heading: () => field.heading(),
        bold: () => field.mark("**", words.kbWords),
        italic: () => field.mark("*", words.kbWords),
        code: () => field.code(),
        link: () => field.link(words.kbWords),
        page: () => { field.around("[[", "]]", ""); this.suggesting.look(); },
        file: () => one(".kb-files button", this.place)?.click(),
        list: () => field.prefix(/^([ \t]*)[-*+][ \t]+(?!\[[ xX]\])/, () => "- "),
        numbers: () => field.prefix(/^([ \t]*)\d{1,9}[.)][ \t]+/, (at) => `${at + 1}. `),
        task: () => field.prefix(/^([ \t]*)[-*+][ \t]+\[[ xX]\][ \t]+/, () => "- [ ] "),
        quote: () => field.quote(),
        table: () => this.newTable(),
        preview: () => { const on = !this.live.isOn; store.set("kb-live", on ? "on" : "off"); this.live.switch(on); },
        full: () => this.full(!this.place.classList.contains("kb-full")),
      }[what];
      if (here) here();
      else Table.at(field.text, field.start)?.change(field, what);
    }

    newTable() {
      const { field, words } = this;
      const chosen = field.text.slice(field.start, field.end);
      const rows = rowsOf(chosen) || [[words.kbHeading, words.kbHeading], ["", ""]];
      field.block(`${tableOf(rows)}\n`, "", "");
      const first = field.text.lastIndexOf("\n\n", field.start - 2);
      const table = Table.at(field.text, field.start - 2);
      if (table && first <= table.from) table.write(field, 0, 0);
    }

    full(on) {
      this.place.classList.toggle("kb-full", on);
      one("[data-kb-does=full]", this.place).setAttribute("aria-pressed", String(on));
      /* What lies behind is not to be reached meanwhile. */
      for (let element = this.place; element !== document.body; element = element.parentElement) {
        for (const beside of element.parentElement.children) if (beside !== element && !/^(SCRIPT|STYLE|LINK|DIALOG)$/.test(beside.nodeName)) {
          if (on && !beside.inert) { beside.inert = true; beside.dataset.kbBehind = ""; } else if (!on && "kbBehind" in beside.dataset) { beside.inert = false; delete beside.dataset.kbBehind; }
        }
      }
      document.documentElement.classList.toggle("kb-still", on);
      this.field.area.focus();
    }

    key(event) {
      if (event.isComposing || event.defaultPrevented) return;
      const free = this.released;
      if (event.key !== "Shift") this.released = false;
      if (this.suggesting.key(event)) { event.preventDefault(); return; }
      const command = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
      this.plain = command && event.shiftKey && event.code === "KeyV";
      if (command && !event.altKey) {
        const what = event.shiftKey ? { Digit7: "numbers", Digit8: "list", Digit9: "task" }[event.code] : { b: "bold", i: "italic", k: "link", e: "code" }[event.key.toLowerCase()];
        if (what) { event.preventDefault(); this.do(what); }
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") {
        event.preventDefault();
        if (this.place.classList.contains("kb-full")) this.full(false); else this.released = true;
        return;
      }
      if (event.key === "Enter" && !event.shiftKey && this.field.enter()) event.preventDefault();
      if (event.key === "Tab" && !free) {
        const table = Table.at(this.field.text, this.field.start);
        if (table ? table.go(this.field, event.shiftKey) : this.field.indent(event.shiftKey)) event.preventDefault();
      }
    }

    /* Where the window ends for the field: what is pressed to save may stand over its foot. */
    get foot() {
      const bottom = window.visualViewport ? visualViewport.height + visualViewport.offsetTop : innerHeight;
      const save = one(".kb-save", this.form);
      if (!save || this.place.classList.contains("kb-full") || getComputedStyle(save).position !== "sticky") return bottom;
      return Math.min(bottom, save.getBoundingClientRect().top);
    }
    bringInSight() {
      const { area, text, start } = { area: this.field.area, text: this.field.text, start: this.field.start };
      const box = area.getBoundingClientRect();
      const { foot } = this;
      if (box.bottom <= foot || text.length > large) return;
      const seen = caretAt(area, start);
      const low = box.top + seen.top - area.scrollTop + 1.5 * seen.height;
      if (low > foot) scrollBy({ top: Math.ceil(low - foot), behavior: "instant" });
    }

    /* The caret rests: tools for tables where there is one, and the table that was left gets its columns in line. */
    rested(text, start) {
      if (this.suggesting.isOpen || this.suggesting.waits) return;
      const table = Table.at(text, start);
      const left = this.inTable;
      one("[data-kb-in-table]", this.place).hidden = !table;
      const hasLeft = left !== undefined && table?.from !== this.tableFrom;
      if (hasLeft && this.changedInTable) this.alignLeft(text, start, left);
      if (hasLeft || !table) this.changedInTable = false;
      this.inTable = table ? start : undefined;
      this.tableFrom = table?.from;
    }
    alignLeft(text, start, place) {
      const { field } = this;
      if (this.composing || field.start !== field.end || document.activeElement !== field.area) return;
      const table = Table.at(text, place);
      const words = table?.written().words;
      if (!table || words === table.words || (start >= table.from && start <= table.to)) return;
      const moved = start > table.to ? words.length - table.words.length : 0;
      const top = field.area.scrollTop;
      field.put(words, table.from, table.to, start + moved);
      field.area.scrollTop = top;
    }

    paste(event) {
      const data = event.clipboardData;
      const plain = data?.getData("text/plain") || "";
      if (event.defaultPrevented || !data || this.plain || (!plain && !data.getData("text/html"))) return;
      const { field } = this;
      const chosen = field.text.slice(field.start, field.end);
      if (isAddress(plain.trim()) && chosen.trim() && !chosen.includes("\n") && !isAddress(chosen)) {
        event.preventDefault();
        field.put(`[${chosen}](${plain.trim()})`);
        return;
      }
      const words = field.inCode(field.start) ? "" : this.converted(data, plain);
      if (!words || words === plain.trim()) return;
      event.preventDefault();
      const from = field.start;
      const isBlock = words.includes("\n") || /^(#|\||>|- |\d+\. )/.test(words);
      const before = field.text.slice(0, from);
      const gap = isBlock && from && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
      const rest = isBlock && field.text[field.end] && field.text[field.end] !== "\n" ? "\n\n" : "";
      /* Twice, so that undoing once gives the plain text. */
      if (plain) field.put(plain.replace(/\r\n?/g, "\n"));
      field.put(gap + words + rest, from, plain ? field.end : from);
      this.say(this.words.kbPasted);
    }
    converted(data, plain) {
      const html = data.types.includes("vscode-editor-data") ? "" : data.getData("text/html");
      if (html && html.length < 3000000) {
        const made = new Converted(html, this.words.kbBase);
        if (made.isTable || made.isRich) return made.markdown;
      }
      const rows = rowsOf(plain);
      return rows ? tableOf(rows) : "";
    }

    written(said) {
      one("[data-kb-amount]", this.place).textContent = said.said.join(" · ");
      const fold = one(".kb-advised", this.place);
      fold.hidden = !said.advice.length;
      one("summary", fold).textContent = said.advised;
      one("ul", fold).replaceChildren(...said.advice.map((advice) => {
        const button = make("button", { type: "button", class: "kb-aslink", dir: "auto" }, advice.text);
        button.addEventListener("click", () => this.goTo(advice.line));
        const entry = make("li", {});
        entry.append(button);
        return entry;
      }));
    }
    goTo(line) {
      const { area } = this.field;
      const lines = area.value.split("\n");
      const at = lines.slice(0, line).reduce((sum, words) => sum + words.length + 1, 0);
      area.focus();
      this.field.select(at, at + (lines[line] || "").length);
      area.scrollTop = Math.max(0, caretAt(area, at).top - area.clientHeight / 3);
    }
  }

  function start() {
    for (const place of all(".kb [data-kb-write]")) new Editor(place);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
