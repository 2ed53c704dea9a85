"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const { figures, config } = read("budgetseg-charts");
  const shown = new Map(); // chart id -> whether the published points are shown

  // The page's colours, for plotly, which knows no style sheet.
  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(
      ["paper", "panel", "ink", "muted", "line", "grid"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    );
  };

  const dressed = (id, trace, colour, narrow) => {
    const marker = { ...trace.marker, line: { ...trace.marker.line, color: colour.ink } };
    if (trace.meta === "reference") {
      marker.color = colour.muted;
      marker.line.color = colour.muted;
      const name = narrow ? trace.name.replaceAll(/[:,] /g, (mark) => `${mark.trim()}<br>`) : trace.name;
      return { ...trace, name, marker, visible: shown.get(id) !== false };
    }
    const bars = trace.error_y ? { error_y: { ...trace.error_y, color: colour.muted } } : {};
    return { ...trace, ...bars, marker };
  };

  const axis = (given, colour) => ({
    ...given, gridcolor: colour.grid, linecolor: colour.muted, zerolinecolor: colour.line, tickcolor: colour.muted,
  });

  const draw = (div) => {
    const colour = colours();
    const { data, layout } = figures[div.id];
    const narrow = div.clientWidth < 560;
    const family = getComputedStyle(document.body).fontFamily;
    Plotly.react(div, data.map((trace) => dressed(div.id, trace, colour, narrow)), {
      ...layout,
      uirevision: "kept", // what the reader hid or zoomed stays so
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: colour.ink, family, size: narrow ? 11 : 13 },
      hoverlabel: { bgcolor: colour.panel, bordercolor: colour.muted, font: { color: colour.ink, family } },
      modebar: { color: colour.muted, activecolor: colour.ink, bgcolor: "rgba(0,0,0,0)" },
      xaxis: axis(layout.xaxis, colour),
      yaxis: axis(layout.yaxis, colour),
    }, { ...config, displayModeBar: narrow ? false : "hover" });
  };

  const charts = [...document.querySelectorAll("[data-chart]")];
  const redraw = () => charts.forEach(draw);
  redraw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("beforeprint", redraw);
  addEventListener("afterprint", redraw);

  for (const box of document.querySelectorAll("[data-reference]")) {
    const follow = () => {
      shown.set(box.dataset.reference, box.checked);
      draw(document.getElementById(box.dataset.reference));
    };
    box.addEventListener("change", follow);
    if (!box.checked) follow(); // a reload keeps the reader's choice
  }

  // A spreadsheet must read a name such as "=1+1" as text.
  const cell = (value) => {
    const text = value === null ? "" : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return `"${safe.replaceAll('"', '""')}"`;
  };
  const columns = ["series", "strategy", "mix", "budget_hours", "hours", "miou", "low", "high", "spread", "seeds", "runs"];
  for (const button of document.querySelectorAll("[data-csv]")) {
    button.addEventListener("click", () => {
      const points = read("budgetseg-data").comparisons[Number(button.dataset.csv)].frontier;
      const flat = (value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : value);
      const lines = [columns, ...points.map((point) => columns.map((name) => flat(point[name])))];
      const blob = new Blob([lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n"], { type: "text/csv" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `frontier-${Number(button.dataset.csv) + 1}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }
  for (const part of document.querySelectorAll("[hidden][data-live]")) part.hidden = false;
})();
