// A change of style or language shows at once, and the reference can be copied with its italics.
// Without this file the form does the same with its button.
"use strict";

const setting = document.getElementById("setting");
const reference = document.getElementById("reference");
const show = document.getElementById("show");
const copy = document.getElementById("copy");
const copied = document.getElementById("copied");
const texts = document.querySelectorAll("a.text");
let last = 0;

function wanted(output) {
  const query = new URLSearchParams(new FormData(setting));
  if (output) query.set("output", output);
  return query;
}

async function update() {
  const turn = ++last;
  reference.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${setting.dataset.source}?${wanted("html")}`);
    const said = answer.ok ? await answer.text() : (await answer.json()).detail;
    // An answer that was overtaken by a newer choice is dropped.
    if (turn !== last) return;
    if (answer.ok) reference.innerHTML = said;
    else reference.textContent = said;
    copy.hidden = !answer.ok;
    history.replaceState(null, "", `?${wanted()}`);
    for (const link of texts) {
      const output = new URL(link.href).searchParams.get("output");
      link.href = `${setting.dataset.source}?${wanted(output)}`;
    }
  } catch {
    // Offline, or no JSON: the form asks the server for the whole page.
    if (turn === last) setting.submit();
  } finally {
    if (turn === last) reference.removeAttribute("aria-busy");
  }
}

function select() {
  const range = document.createRange();
  range.selectNodeContents(reference);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

async function copyReference() {
  const html = reference.innerHTML;
  const text = reference.innerText.trim();
  try {
    const rich = new Blob([html], { type: "text/html" });
    const plain = new Blob([text], { type: "text/plain" });
    await navigator.clipboard.write([
      new ClipboardItem({ "text/html": rich, "text/plain": plain }),
    ]);
    copied.textContent = "Copied";
  } catch {
    // Older browsers, and pages without https.
    select();
    document.addEventListener("copy", (event) => {
      event.clipboardData.setData("text/html", html);
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
    }, { once: true });
    const done = document.execCommand("copy");
    copied.textContent = done ? "Copied" : "Selected: press Ctrl+C or ⌘C to copy";
  }
  setTimeout(() => { copied.textContent = ""; }, 4000);
}

if (setting) {
  show.hidden = true;
  copy.hidden = !reference.textContent.trim();
  setting.addEventListener("change", update);
  copy.addEventListener("click", copyReference);
}
