// Tells textual.js where to connect, before it begins on load, and gives the terminal the keyboard.

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const address = new URL("connection", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = "";
  document.getElementById("terminal").dataset.sessionWebsocketUrl = address.href;
  document.getElementById("again").addEventListener("click", () => location.reload());
  new MutationObserver((_, observer) => {
    if (document.body.classList.contains("-first-byte")) {
      observer.disconnect();
      document.querySelector(".xterm-helper-textarea").focus();
    }
  }).observe(document.body, { attributes: true });
});
