// Tells the server which time zone the viewer is in, so that times are theirs.

import { refresh } from "./live.js";

export function zone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.body.dataset.zone === zone) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `zone=${encodeURIComponent(zone)}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  if (document.body.hasAttribute("data-zone")) refresh().catch(() => {});
}
