"use strict";
// What every page needs: figures in the page's colours, drawn anew where these change, tables as text, and CSV files.
const Charts = (() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const { figures, config } = read("budgetseg-charts");

  // The page's colours, for plotly, which knows no style sheet.
  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(
      ["paper", "panel", "ink", "muted", "line", "grid", "accent"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    );
  };

  const dressed = (trace, colour) => {
    const marker = trace.marker ? { marker: { ...trace.marker, line: { ...trace.marker.line, color: colour.ink } } } : {};
    const bars = trace.error_y ? { error_y: { ...trace.error_y, color: colour.muted } } : {};
    const across = trace.error_x ? { error_x: { ...trace.error_x, color: colour.muted } } : {};
    return { ...trace, ...bars, ...across, ...marker };
  };

  const axis = (given, colour) => ({
    ...given, gridcolor: colour.grid, linecolor: colour.muted, zerolinecolor: colour.line, tickcolor: colour.muted,
  });

  // Plotly draws its legend for the mouse. The keyboard shall reach its entries too, and hear whether each is shown.
  const nameLegend = (div) => {
    for (const entry of div.querySelectorAll(".legend .traces")) {
      const lines = entry.querySelectorAll(".legendtext tspan");
      const words = lines.length ? [...lines].map((line) => line.textContent).join(" ") : entry.textContent;
      const told = { tabindex: "0", role: "button", "aria-label": `Show ${words}`, "aria-pressed": String(entry.style.opacity !== "0.5") };
      for (const [name, value] of Object.entries(told)) entry.querySelector(".legendtoggle").setAttribute(name, value);
    }
  };
  const pressLegend = (event) => {
    if (!["Enter", " "].includes(event.key) || !event.target.matches(".legendtoggle")) return;
    event.preventDefault(); // the space bar would scroll the page
    for (const kind of ["mousedown", "mouseup"]) event.target.dispatchEvent(new MouseEvent(kind, { bubbles: true }));
  };

  // dress(trace, colour, narrow) may change a trace further; more(colour, narrow) changes the layout.
  const draw = (div, figure, dress = (trace) => trace, more = () => ({})) => {
    const colour = colours();
    const narrow = div.clientWidth < 560;
    const layout = { ...figure.layout, ...more(colour, narrow) };
    const family = getComputedStyle(document.body).fontFamily;
    Plotly.react(div, figure.data.map((trace) => dress(dressed(trace, colour), colour, narrow)), {
      ...layout,
      ...(document.documentElement.classList.contains("on-paper") ? { width: div.clientWidth } : {}),
      uirevision: "kept", // what the reader hid or zoomed stays so
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: colour.ink, family, size: narrow ? 11 : 13 },
      hoverlabel: { bgcolor: colour.panel, bordercolor: colour.muted, align: "left", font: { color: colour.ink, family } },
      modebar: { color: colour.muted, activecolor: colour.ink, bgcolor: "rgba(0,0,0,0)" },
      xaxis: axis(layout.xaxis, colour),
      yaxis: axis(layout.yaxis, colour),
    }, { ...config, displayModeBar: narrow ? false : "hover" });
    if (!div.dataset.keyed) {
      div.dataset.keyed = "yes";
      div.on("plotly_afterplot", () => nameLegend(div));
      div.addEventListener("keydown", pressLegend);
      nameLegend(div);
    }
  };

  const all = [...document.querySelectorAll("[data-chart]")];

  // Charts on or near the screen are drawn at once and the others one by one, so that a page of many opens soon.
  const keepDrawn = (drawOne) => {
    const drawn = new Set();
    const once = (div) => {
      drawn.add(div);
      drawOne(div);
    };
    const waiting = all.filter((div) => div.getBoundingClientRect().top > innerHeight + 1200);
    all.filter((div) => !waiting.includes(div)).forEach(once);
    const next = () => {
      const div = waiting.shift();
      if (!div) return;
      if (!drawn.has(div)) once(div);
      setTimeout(next);
    };
    setTimeout(next);
    const redraw = () => drawn.forEach(drawOne);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    // Paper cannot be clicked: what is to be printed is drawn and opened before, and closed again after.
    let opened = [];
    addEventListener("beforeprint", () => {
      document.documentElement.classList.add("on-paper"); // light, and as wide as a sheet
      all.forEach(once);
      opened = [...document.querySelectorAll("details[data-paper]:not([open])")];
      for (const one of opened) one.open = true;
    });
    addEventListener("afterprint", () => {
      for (const one of opened) one.open = false;
      document.documentElement.classList.remove("on-paper");
      redraw();
      drawn.forEach((div) => Plotly.Plots.resize(div));
    });
    return once;
  };

  const showControls = () => {
    for (const control of document.querySelectorAll("[hidden][data-live]")) control.hidden = false;
  };

  const label = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"); // plotly reads HTML
  const number = (value, digits) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const cell = (tag, text, kind, strong) => {
    const made = document.createElement(tag);
    if (tag === "th") made.scope = "row";
    if (kind) made.className = kind;
    const inner = strong ? made.appendChild(document.createElement("strong")) : made;
    inner.textContent = text; // never as HTML
    return made;
  };
  const row = (cells) => {
    const made = document.createElement("tr");
    made.append(...cells);
    return made;
  };

  const save = (name, lines) => {
    // A spreadsheet must read a name such as "=1+1" as text.
    const safe = (value) => {
      const text = value === null || value === undefined ? "" : String(value);
      const shown = typeof value === "string" && /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+$/.test(text) ? `'${text}` : text;
      return `"${shown.replaceAll('"', '""')}"`;
    };
    const blob = new Blob([lines.map((line) => line.map(safe).join(",")).join("\r\n") + "\r\n"], { type: "text/csv" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // Every table of numbers can be taken along.
  const offerTables = () => {
    for (const table of document.querySelectorAll(".scroll > table:not(.grid)")) {
      const button = document.createElement("button");
      const caption = table.caption ? table.caption.textContent : "table";
      button.type = "button";
      button.className = "csv";
      button.textContent = "CSV";
      button.setAttribute("aria-label", `Download as CSV: ${caption}`);
      button.addEventListener("click", () => {
        const text = (one) => (one.classList.contains("number") ? one.textContent.replaceAll(",", "") : one.textContent);
        save(`${caption.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.csv`, [...table.rows].map((one) => [...one.cells].map(text)));
      });
      table.parentElement.after(button);
    }
  };

  return { read, figures, draw, keepDrawn, showControls, offerTables, save, label, number, cell, row, all };
})();
