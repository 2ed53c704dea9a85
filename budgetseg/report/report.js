"use strict";
(() => {
  const shown = new Map(); // chart id -> whether the published points are shown

  const draw = (div) => Charts.draw(div, Charts.figures[div.id], (trace, colour, narrow) => {
    if (trace.meta !== "reference") return trace;
    const marker = { ...trace.marker, color: colour.muted, line: { ...trace.marker.line, color: colour.muted } };
    const name = narrow ? trace.name.replaceAll(/[:,] /g, (mark) => `${mark.trim()}<br>`) : trace.name;
    return { ...trace, name, marker, visible: shown.get(div.id) !== false };
  });
  Charts.keepDrawn(() => Charts.all.forEach(draw));

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
      const points = Charts.read("budgetseg-data").comparisons[Number(button.dataset.csv)].frontier;
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
  Charts.showControls();
})();
