// What the portal adds where scripts run; every page does without.
"use strict";

// A link to an order carries the Order ID behind "#", which no server sees.
const order = document.getElementById("orderId");
const carried = location.hash.slice(1);
if (order && !order.value && /^[A-Za-z0-9-]{16,60}$/.test(carried)) {
  order.value = carried;
  history.replaceState(null, "", location.pathname);
}

// The clipboard is closed to pages without TLS: there the text is selected and copied the old way.
async function copy(source) {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(source.textContent);
  }
  getSelection().selectAllChildren(source);
  if (!document.execCommand("copy")) {
    throw new Error("not copied");
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const said = button.querySelector("span");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await copy(document.getElementById(button.dataset.copy));
      said.textContent = "Copied";
    } catch {
      said.textContent = "Press Ctrl+C to copy";
    }
  });
}
