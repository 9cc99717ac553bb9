(() => {
  "use strict";
  // Without this the page is whole; with it tables sort, filter and turn pages, and ids are copied by a click. Texts
  // become text nodes, never markup.
  const PAGE = 50, MEMBERS = 3;
  const SEVERITIES = ["info", "low", "medium", "high", "critical"];
  const root = document.documentElement;
  const make = (name, text, className) => {
    const node = document.createElement(name);
    if (text !== undefined) node.textContent = text;
    if (className) node.className = className;
    return node;
  };
  const id = (text) => make("code", text, [...text].length > 12 ? "id long" : "id");
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  const time = (ms) => new Date(ms).toISOString().replace("T", " ").replace(".000Z", "Z");

  // Light and dark.
  const theme = document.querySelector("button.theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  // Copying.
  root.classList.add("copies");
  const say = (text) => {
    document.querySelector(".said")?.remove();
    const said = make("div", text, "said");
    said.setAttribute("role", "status");
    document.body.append(said);
    setTimeout(() => said.remove(), 1500);
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", text);
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say("copied");
  };
  document.addEventListener("click", (event) => {
    const code = event.target.closest("code.id, .command code");
    if (code && String(getSelection()) === "") copy(code.textContent);
  });

  // A linked finding is open, and so is everything on paper.
  const openLinked = () => {
    const linked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!linked) return;
    linked.querySelector(":scope > details")?.setAttribute("open", "");
    const rest = linked.closest("details.rest");
    if (rest && !rest.open) {
      rest.open = true;
      linked.scrollIntoView();
    }
  };
  addEventListener("hashchange", openLinked);
  openLinked();
  addEventListener("beforeprint", () => document.querySelectorAll("#findings details").forEach((details) => (details.open = true)));

  // What a filter asks: words that all must be there, each in the column before its colon, if there is one.
  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

  // Findings.
  const tools = document.querySelector("[data-findings]");
  if (tools) {
    tools.hidden = false;
    const articles = [...document.querySelectorAll(".finding")], rests = [...document.querySelectorAll("details.rest")];
    const texts = articles.map((article) => article.textContent.toLowerCase());
    const input = tools.querySelector("input"), status = tools.querySelector(".status");
    const fieldOf = (word) => ["severity", "rule", "account"].find((name) => word.startsWith(`${name}:`));
    input.addEventListener("input", () => {
      const asked = words(input.value);
      let shown = 0;
      articles.forEach((article, i) => {
        const fits = asked.every((word) =>
          fieldOf(word) ? article.dataset[fieldOf(word)].includes(word.slice(fieldOf(word).length + 1)) : texts[i].includes(word));
        article.hidden = !fits;
        shown += fits;
      });
      // What is folded is opened where it has something, as long as something is asked.
      rests.forEach((rest) => {
        rest.hidden = !rest.querySelector(".finding:not([hidden])");
        rest.open = asked.length > 0;
      });
      status.textContent = asked.length ? `${grouped(shown)} of ${grouped(articles.length)}` : "";
    });
  }

  // Tables.
  class Table {
    constructor(table) {
      this.table = table;
      this.body = table.tBodies[0];
      this.head = table.tHead.rows[0];
      this.tools = document.querySelector(`[data-tools="${table.dataset.table}"]`);
      this.status = this.tools.querySelector(".status");
      [this.input, this.all] = this.tools.querySelectorAll("input");
      this.buttons = this.tools.querySelectorAll("button");
      this.page = 0;
      this.abouts = new Map([...this.head.cells].map((th) => [th.textContent, th.title]));
      this.tools.hidden = false;
      this.input.addEventListener("input", () => this.filter());
      this.all.addEventListener("change", () => this.draw());
      this.buttons.forEach((button) => button.addEventListener("click", () => {
        this.page += Number(button.dataset.page);
        this.draw();
      }));
    }

    // The rows are unpacked when they are first needed.
    load() {
      if (this.columns) return;
      const packed = JSON.parse(document.getElementById(`data-${this.table.dataset.table}`).textContent);
      this.columns = packed.columns;
      this.order = [...Array(packed.rows).keys()];
      this.count = packed.rows;
    }

    // A value as texts: what is shown, searched and sorted.
    plain(column, row) {
      const value = column.values[row];
      if (value === null) return "";
      switch (column.kind) {
        case "count": return String(value);
        case "time": return time(value);
        case "list": return value.map((place) => column.texts[place]).join(" ");
        case "named-counts": return value.map((part, i) => (i % 2 ? part : column.texts[part])).join(" ");
        default: return column.texts[value];
      }
    }

    searched(row) {
      this.lower ??= [];
      return (this.lower[row] ??= this.columns.map((column) => this.plain(column, row)).join("\n").toLowerCase());
    }

    filter() {
      this.load();
      const asked = words(this.input.value).map((word) => {
        const [name, rest] = word.includes(":") ? [word.slice(0, word.indexOf(":")), word.slice(word.indexOf(":") + 1)] : ["", word];
        const column = this.columns.find((column) => column.name === name);
        return column ? { column, text: rest } : { text: word };
      });
      const fits = (row) => asked.every(({ column, text }) =>
        (column ? this.plain(column, row).toLowerCase() : this.searched(row)).includes(text));
      this.order = [...Array(this.count).keys()].filter(fits);
      if (this.sorted) this.arrange();
      this.page = 0;
      this.draw();
    }

    // Numbers and times downwards, texts upwards, the other way round at the second click; what is unknown comes last.
    sort(name) {
      this.load();
      const down = ["count", "time"].includes(this.columns.find((column) => column.name === name).kind);
      this.sorted = this.sorted?.name === name ? { name, down: !this.sorted.down } : { name, down };
      this.arrange();
      this.page = 0;
      this.draw();
    }

    arrange() {
      const { name, down } = this.sorted;
      const column = this.columns.find((column) => column.name === name);
      let key = (row) => column.values[row];
      if (column.kind === "list") key = (row) => this.plain(column, row);
      else if (column.kind === "named-counts") key = (row) => column.values[row]?.filter((_, i) => i % 2).reduce((a, b) => a + b, 0) ?? null;
      else if (["text", "id"].includes(column.kind)) {
        // Places in the dictionary, by the order of their texts; severities by how bad they are.
        const grade = (text) => (column.role === "severity" ? SEVERITIES.indexOf(text) : -1);
        const texts = column.texts, rank = [];
        const order = [...texts.keys()].sort((a, b) =>
          grade(texts[b]) - grade(texts[a]) || (texts[a] < texts[b] ? -1 : texts[a] > texts[b] ? 1 : 0));
        order.forEach((place, i) => (rank[place] = i));
        key = (row) => (column.values[row] === null ? null : rank[column.values[row]]);
      }
      const keys = [];
      for (const row of this.order) keys[row] = key(row);
      const turn = down ? -1 : 1;
      this.order.sort((a, b) => {
        const x = keys[a], y = keys[b];
        if (x === null || y === null) return (x === null) - (y === null) || a - b;
        return x < y ? -turn : x > y ? turn : a - b;
      });
    }

    draw() {
      this.load();
      const shown = this.columns.filter((column) => column.shown || this.all.checked);
      const pages = Math.max(1, Math.ceil(this.order.length / PAGE));
      this.page = Math.min(Math.max(this.page, 0), pages - 1);
      const rows = this.order.slice(this.page * PAGE, (this.page + 1) * PAGE);
      this.head.replaceChildren(make("th"), ...shown.map((column) => this.header(column)));
      this.body.replaceChildren(...rows.map((row) => this.row(row, shown)));
      const from = this.page * PAGE + 1, of = this.order.length === this.count ? "" : ` that fit, of ${grouped(this.count)}`;
      this.status.textContent = rows.length
        ? `${grouped(from)}–${grouped(from + rows.length - 1)} of ${grouped(this.order.length)}${of}` : `none of ${grouped(this.count)}`;
      this.buttons[0].disabled = this.page === 0;
      this.buttons[1].disabled = this.page === pages - 1;
      this.tools.querySelector(".pages").hidden = pages === 1;
    }

    header(column) {
      const th = make("th"), button = make("button", column.name);
      th.scope = "col";
      th.dataset.kind = column.kind;
      th.title = this.abouts.get(column.name) ?? "";
      if (this.sorted?.name === column.name) th.ariaSort = this.sorted.down ? "descending" : "ascending";
      button.type = "button";
      button.addEventListener("click", () => this.sort(column.name));
      th.append(button);
      return th;
    }

    row(row, shown) {
      const tr = make("tr"), td = make("td"), open = make("button", "▸", "open");
      open.type = "button";
      open.ariaLabel = "all of this row";
      open.ariaExpanded = "false";
      open.addEventListener("click", () => this.toggle(tr, open, row, shown.length + 1));
      td.append(open);
      tr.append(td, ...shown.map((column) => {
        const td = make("td", undefined, { count: "n", time: "t" }[column.kind] ?? "");
        td.append(...this.parts(column, row, MEMBERS));
        return td;
      }));
      return tr;
    }

    toggle(tr, open, row, width) {
      const is = open.ariaExpanded === "true";
      open.ariaExpanded = String(!is);
      open.textContent = is ? "▸" : "▾";
      if (is) return tr.nextSibling.remove();
      const detail = make("tr"), td = make("td", undefined, "detail"), list = make("dl", undefined, "row");
      td.colSpan = width;
      for (const column of this.columns) {
        const dd = make("dd");
        dd.append(...this.parts(column, row, Infinity));
        list.append(make("dt", column.name), dd);
      }
      td.append(list);
      detail.append(td);
      tr.after(detail);
    }

    // A cell's nodes.
    parts(column, row, most) {
      const value = column.values[row];
      if (value === null) return [make("span", "–", "none")];
      const text = (place) => column.texts[place];
      switch (column.kind) {
        case "count": return [grouped(value)];
        case "time": return [time(value)];
        case "id": return [id(text(value))];
        case "list": return this.some(value.map((place) => [id(text(place))]), most);
        case "named-counts": {
          const members = [];
          for (let i = 0; i < value.length; i += 2) members.push([`${text(value[i])} `, make("b", grouped(value[i + 1]))]);
          return this.some(members, most);
        }
        default:
          if (text(value).startsWith("arn:")) return [id(text(value))];
          return column.role === "severity" && SEVERITIES.includes(text(value))
            ? [make("span", text(value), `badge ${text(value)}`)] : [words(text(value)).some((word) => [...word].length > 10) ? make("span", text(value), "long") : text(value)];
      }
    }

    some(members, most) {
      if (!members.length) return [make("span", "none", "none")];
      const shown = members.slice(0, most);
      const parts = shown.flatMap((member, i) => {
        const span = make("span", undefined, "m");
        span.append(...member, i + 1 < shown.length ? "," : "");
        return [span, " "];
      });
      if (members.length > most) parts.push(make("span", `+${grouped(members.length - most)}`, "more"));
      return parts;
    }
  }

  const tables = [...document.querySelectorAll("table[data-table]")].map((table) => new Table(table));
  document.querySelectorAll(".note.static").forEach((note) => (note.hidden = true));
  // One after the other, while nothing else is to be done.
  const later = window.requestIdleCallback ?? ((work) => setTimeout(work, 0));
  const next = () => {
    const table = tables.shift();
    if (!table) return (root.dataset.ready = "yes");
    if (!table.columns) table.draw();
    later(next);
  };
  later(next);
})();
