/* Copying a citation: of the view, if its address is not the page's own. */
const copyButtons = all("[data-copy]");

/* The citation with the view's address in the place of the page's. */
function cited(text, url) {
  const view = location.hash.indexOf("=") > 0 ? location.hash : "";
  return [text.replace(url, () => url + view), view];
}

function selectText(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

/* Where there is no clipboard, the old command; where that fails too, the text stays selected. */
async function copyText(text, source) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const old = source.textContent;
    source.textContent = text;
    selectText(source);
    const done = document.execCommand("copy");
    if (done) {
      source.textContent = old;
      getSelection().removeAllRanges();
    }
    return done;
  }
}

copyButtons.forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = element(button.dataset.copy), said = element("copied");
    const [text, view] = cited(source.dataset.text || (source.dataset.text = source.textContent), button.dataset.url);
    said.textContent = "";
    const done = await copyText(text, source);
    said.textContent = tell(done ? view ? "copiedView" : "copied" : "selected");
  });
});

const table = element("cells");
if (!table) { return; }
