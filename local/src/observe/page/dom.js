const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element. `properties` are attributes; `on` holds listeners by event, `style` values by property. Children are nodes
 * or text: nothing that came with a span is ever read as HTML.
 */
export const el = (name, properties = {}, ...children) => fill(document.createElement(name), properties, children);

export const svg = (name, properties = {}, ...children) =>
  fill(document.createElementNS(SVG, name), properties, children);

function fill(element, { on = {}, style = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
  element.append(...children.flat().filter((child) => child !== undefined));
  return element;
}
