/**
 * A terminal writes its colours and sizes as the text of style elements, which the page's content security policy
 * refuses. The elements that this document makes take such an element without putting it into the page: its text goes
 * into a constructed style sheet, which the policy allows.
 */
export function documentWithStrictStyles(real: Document): Document {
  const createElement = (name: string): HTMLElement => withoutStyleElements(real.createElement(name), real);
  return new Proxy(real, {
    get(target, key) {
      if (key === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function withoutStyleElements(element: HTMLElement, owner: Document): HTMLElement {
  const append = element.appendChild.bind(element);
  element.appendChild = <Child extends Node>(child: Child): Child => {
    if (!(child instanceof HTMLStyleElement)) return append(child);
    textIntoSheet(child, owner);
    return child;
  };
  return element;
}

/** Text given to this style element goes into a sheet of its own; removing the element removes the sheet. */
function textIntoSheet(element: HTMLStyleElement, owner: Document): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(element.textContent);
  owner.adoptedStyleSheets.push(sheet);
  Object.defineProperty(element, 'textContent', { set: (text: string) => sheet.replaceSync(text), get: () => '' });
  element.remove = () => {
    owner.adoptedStyleSheets = owner.adoptedStyleSheets.filter((other) => other !== sheet);
  };
}
