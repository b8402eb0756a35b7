/* The page as the template made it: without this script it shows the table's first rows and links to all of them. */
const element = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];
const make = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) { made.className = className; }
  if (text) { made.textContent = text; }
  return made;
};
/* For comparing words: lower case, no accents. */
const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
