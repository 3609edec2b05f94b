(function () {
  "use strict";
  const tables = JSON.parse(document.getElementById("tables").textContent);
  const page = JSON.parse(document.getElementById("figures").textContent);
  const said = document.getElementById("said");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const config = { responsive: true, displayModeBar: false, displaylogo: false, showTips: false, scrollZoom: false };
  const byId = (id) => document.getElementById(id);

  /* Cells: the same notation as in the printed tables. */
  const UNITS = page.units;
  function shown(value, how, unit) {
    if (value === null || value === "") return "–";
    if (value === true) return "yes";
    if (value === false) return "no";
    if (typeof value === "string") return value;
    let end = " %";
    if (how.byRow) {
      if (how.points) end = " pp";
      how = UNITS[unit] || { decimals: null };
    }
    if (how.plain) return String(value);
    const number = how.percent ? 100 * value : value;
    if (how.decimals === null) {
      if (Math.abs(number) >= 1000) how = { decimals: 0 };
      else return String(Number(number.toPrecision(4)));
    }
    const text = number.toLocaleString("en-GB", { minimumFractionDigits: how.decimals, maximumFractionDigits: how.decimals });
    return (/[1-9]/.test(text) ? text : text.replace("-", "")) + (how.percent ? end : "");
  }
  /* Long names may be broken behind the marks inside them. */
  function breakable(cell, text) {
    (text.match(/[^_./]*[_./]?/g) || []).forEach((part, n, parts) => {
      if (n && /[_./]$/.test(parts[n - 1]) && /^[^\s\d]/.test(part)) cell.append(document.createElement("wbr"));
      if (part) cell.append(part);
    });
  }
  function rowsOf(table, where) {
    const at = Object.entries(where).map(([column, value]) => [table.columns.indexOf(column), value]);
    return table.rows.filter((row) => at.every(([column, value]) => row[column] === value));
  }

  /* Folded tables are filled when they are opened. */
  function fill(details) {
    const table = tables[details.dataset.fill];
    const where = JSON.parse(details.dataset.where);
    const rows = rowsOf(table, where);
    const given = details.dataset.shown ? JSON.parse(details.dataset.shown) : table.printed.map((at) => [at, table.heads[at]]);
    const columns = given.filter(([at]) => !(table.columns[at] in where) || given.length < 3);
    const printed = columns.map(([at]) => at);
    const numeric = printed.map((at) => rows.some((row) => typeof row[at] === "number"));
    const out = document.createElement("table");
    const caption = out.createCaption();
    caption.textContent = details.querySelector("summary").textContent;
    const head = out.createTHead().insertRow();
    printed.forEach((at, i) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = columns[i][1];
      if (numeric[i]) cell.className = "number";
      head.append(cell);
    });
    const body = out.createTBody();
    rows.forEach((row) => {
      const line = body.insertRow();
      printed.forEach((at, i) => {
        const cell = i ? line.insertCell() : document.createElement("th");
        if (!i) {
          cell.scope = "row";
          line.append(cell);
        }
        const unit = table.unitAt === null ? "" : row[table.unitAt];
        breakable(cell, shown(row[at], table.how[at], unit));
        if (numeric[i]) cell.className = "number";
      });
    });
    details.querySelector(".scroll").replaceChildren(out);
  }
  document.querySelectorAll("details[data-fill]").forEach((details) =>
    details.addEventListener("toggle", () => details.open && fill(details))
  );

  /* Copying and saving: all columns and digits; a text that a spreadsheet would take for a formula gets an apostrophe. */
  function safe(value) {
    if (value === null) return "";
    if (value === true) return "True";
    if (value === false) return "False";
    if (typeof value === "number") return String(value);
    return /^[=+\-@\t\r\0]/.test(value) ? "'" + value : value;
  }
  function csv(table) {
    const quoted = (text) => (/[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
    const lines = [table.columns, ...table.rows].map((row) => row.map((value) => quoted(safe(value))).join(","));
    return lines.join("\n") + "\n";
  }
  function tabbed(table) {
    const flat = (text) => text.replace(/[\t\r\n]+/g, " ");
    return [table.columns, ...table.rows].map((row) => row.map((value) => flat(safe(value))).join("\t")).join("\n") + "\n";
  }
  function save(name, content, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (refused) {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.save) {
      save(page.prefix + button.dataset.save + ".csv", csv(tables[button.dataset.save]), "text/csv;charset=utf-8");
      said.textContent = "Saved " + tables[button.dataset.save].title;
    } else if (button.dataset.copy) {
      const done = await copy(tabbed(tables[button.dataset.copy]));
      said.textContent = done ? "Copied " + tables[button.dataset.copy].title : "This browser does not allow copying.";
      const before = button.textContent;
      button.textContent = done ? "Copied" : "Not allowed";
      setTimeout(() => (button.textContent = before), 1500);
    } else if (button.dataset.picture) {
      const plot = byId("plot-" + button.dataset.picture);
      const link = await Plotly.toImage(plot, { format: "svg", width: plot.clientWidth, height: plot.clientHeight });
      const text = decodeURIComponent(link.slice(link.indexOf(",") + 1));
      save(page.prefix + button.dataset.picture + ".svg", text, "image/svg+xml");
      said.textContent = "Saved picture";
    }
  });

  /* Charts. */
  let printing = false;
  const template = () => (dark.matches && !printing ? page.dark : page.light);
  const drawn = new Set();
  const narrow = () => document.documentElement.clientWidth < 600;
  function layoutOf(figure) {
    const layout = JSON.parse(JSON.stringify(figure.layout));
    layout.template = template();
    layout.autosize = true;
    /* Dragging moves the page, also where it begins on a chart. */
    layout.dragmode = false;
    if (layout.sliders && layout.margin) layout.margin.b = 8;
    delete layout.sliders;
    if (printing) layout.font = { size: layout.margin ? 9 : 11 };
    if (narrow()) {
      layout.font = { size: 11 };
      layout.height = (layout.height || 320) + 40;
      layout.legend = { entrywidthmode: "fraction", entrywidth: 1, x: 1, xanchor: "right" };
    }
    return layout;
  }
  async function draw(name) {
    if (drawn.has(name)) return;
    drawn.add(name);
    const figure = page.figures[name];
    await Plotly.newPlot("plot-" + name, figure.data, layoutOf(figure), config);
    steps(name, figure);
  }
  /* A slider of the figure becomes one of the page, which keys move and screen readers read. */
  function steps(name, figure) {
    const slider = (figure.layout.sliders || [])[0];
    const holder = byId("figure-" + name).querySelector(".steps");
    if (!slider || slider.steps.length < 2) return;
    const input = holder.querySelector("input");
    const output = holder.querySelector("output");
    input.min = 0;
    input.max = slider.steps.length - 1;
    input.step = 1;
    input.value = slider.active;
    holder.hidden = false;
    const move = () => {
      const step = slider.steps[Number(input.value)];
      output.textContent = step.label;
      input.setAttribute("aria-valuetext", step.label);
      Plotly[step.method]("plot-" + name, ...step.args);
      narrowTable(name, step.label);
    };
    input.addEventListener("input", move);
    move();
  }
  function narrowTable(name, label) {
    const figure = byId("figure-" + name);
    if (!figure.dataset.step) return;
    const details = figure.querySelector("details[data-fill]");
    const where = JSON.parse(details.dataset.where);
    where[figure.dataset.step] = Number(label);
    details.dataset.where = JSON.stringify(where);
    if (details.open) fill(details);
  }
  document.querySelectorAll("[data-switched]").forEach((group) =>
    group.addEventListener("change", (event) => {
      if (event.target.type !== "radio") return;
      const before = group.querySelector(".choice:not([hidden]) .steps input");
      group.querySelectorAll(".choice").forEach((choice) => (choice.hidden = choice.dataset.choice !== event.target.value));
      const now = group.querySelector(".choice:not([hidden])");
      draw(event.target.value).then(() => {
        const input = now.querySelector(".steps input");
        if (before && page.figures[event.target.value].layout.sliders) {
          /* A year without an embargo gives way to the nearest with one. */
          const wanted = Number(before.getAttribute("aria-valuetext"));
          const away = page.figures[event.target.value].layout.sliders[0].steps.map((step) => Math.abs(Number(step.label) - wanted));
          input.value = away.indexOf(Math.min(...away));
          input.dispatchEvent(new Event("input"));
        }
        Plotly.Plots.resize("plot-" + event.target.value);
      });
    })
  );
  function restyled() {
    drawn.forEach((name) => Plotly.relayout("plot-" + name, { template: template() }));
  }
  dark.addEventListener("change", restyled);
  const PRINTED = 660;
  function forPaper(on) {
    if (printing === on) return;
    printing = on;
    others(on);
    drawn.forEach((name) => redrawn(name, on));
  }
  /* Paper shows what a reader of the screen would choose: calm and embargo beside each other. */
  function others(on) {
    document.querySelectorAll(".choice[data-printed]").forEach((choice) => {
      if (on && choice.hidden) {
        choice.dataset.paper = "only";
        choice.hidden = false;
      } else if (!on && choice.dataset.paper) {
        delete choice.dataset.paper;
        choice.hidden = true;
      }
    });
  }
  /* Flows glide to a new place and legends find theirs in a second step, too slowly for a printer: all is drawn anew. */
  function redrawn(name, on) {
    const plot = byId("plot-" + name);
    const data = plot.data.map((trace) => ({ ...trace }));
    const layout = layoutOf(page.figures[name]);
    if (on) Object.assign(layout, { width: PRINTED, autosize: false });
    Plotly.purge(plot);
    Plotly.newPlot(plot, data, layout, config);
  }
  window.addEventListener("beforeprint", () => forPaper(true));
  window.addEventListener("afterprint", () => forPaper(false));

  /* Plotly stands in the page compressed. */
  async function library() {
    const packed = Uint8Array.from(atob(byId("plotly").textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
  }
  (async function () {
    try {
      await library();
    } catch (missing) {
      document.querySelectorAll(".plot").forEach((plot) => {
        plot.textContent = "This browser is too old to draw the chart. Its figures are in the table below.";
      });
      document.documentElement.dataset.ready = "without charts";
      return;
    }
    for (const plot of document.querySelectorAll(".plot")) {
      if (plot.closest("[hidden]")) continue;
      await draw(plot.dataset.figure);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    for (const choice of document.querySelectorAll(".choice[data-printed]")) await draw(choice.dataset.choice);
    document.documentElement.dataset.ready = "yes";
  })();
})();
