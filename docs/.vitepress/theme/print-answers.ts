/** On paper nothing can be opened: all that is folded up is open while the page is printed. */
export function openForPrint(): void {
  const opened: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    for (const closed of document.querySelectorAll<HTMLDetailsElement>("details:not([open])")) {
      closed.open = true;
      opened.push(closed);
    }
  });
  addEventListener("afterprint", () => {
    for (const closed of opened.splice(0)) closed.open = false;
  });
}
