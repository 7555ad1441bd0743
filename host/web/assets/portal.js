// What the portal adds where scripts run; every page does without.
"use strict";

// A link to an order carries the Order ID behind "#", which no server sees.
const order = document.getElementById("orderId");
const carried = location.hash.slice(1);
if (order && !order.value && /^[A-Za-z0-9-]{16,60}$/.test(carried)) {
  order.value = carried;
  history.replaceState(null, "", location.pathname);
}

// The clipboard is closed to pages without TLS and may be forbidden: there the text is selected and
// copied the old way, and stays selected for a customer who has to press the keys.
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const said = button.querySelector("span");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const copied = await copy(document.getElementById(button.dataset.copy));
    said.textContent = copied ? "Copied" : "Selected: copy it with the keys";
  });
}
