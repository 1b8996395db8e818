/**
 * A terminal draws with style elements and style attributes that it writes as text, which the page's content security
 * policy refuses. This document gives it elements that take the same text through the CSS object model, which the
 * policy allows: style elements become constructed style sheets.
 */
export function documentWithStrictStyles(real: Document): Document {
  const createElement = (name: string): HTMLElement => {
    const element = real.createElement(name);
    return element instanceof HTMLStyleElement ? throughSheet(element, real) : element;
  };
  return new Proxy(real, {
    get(target, key) {
      if (key === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Text given to this style element goes into a sheet of its own; removing the element removes the sheet. */
function throughSheet(element: HTMLStyleElement, owner: Document): HTMLStyleElement {
  const sheet = new CSSStyleSheet();
  owner.adoptedStyleSheets.push(sheet);
  const remove = element.remove.bind(element);
  Object.defineProperty(element, 'textContent', { set: (text: string) => sheet.replaceSync(text), get: () => '' });
  element.remove = () => {
    owner.adoptedStyleSheets = owner.adoptedStyleSheets.filter((other) => other !== sheet);
    remove();
  };
  return element;
}
