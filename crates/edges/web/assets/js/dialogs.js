// Dialogs, drawers and menus: opened by a button, closed by Escape or a press outside.

export function dialogs() {
  for (const opener of document.querySelectorAll("[data-opens][hidden]")) opener.hidden = false;
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      document.getElementById(opener.dataset.opens)?.showModal();
      event.preventDefault();
      return;
    }
    if (event.target instanceof HTMLDialogElement) event.target.close();
    for (const menu of document.querySelectorAll("details.switcher[open], details.account[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.switcher[open], details.account[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
