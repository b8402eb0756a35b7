/* Texts are in the page (templates/script_words.html), so that one script speaks each page's language. */
const WORDS = document.getElementById("words").dataset;
const tell = (id, values) => WORDS[id].replace(/\{(\w+)\}/g, (_, name) => values[name]);
