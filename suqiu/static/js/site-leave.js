// What must not stay on a phone when nobody is signed in? Today's places, their pages and the key. What waits stays, sealed, until its owner is back.

import { forgetOwner, isAble } from "./site-store.js";

if (isAble()) {
  caches.delete("suqiu-site");
  indexedDB.databases?.().then((found) => { if (found.some((d) => d.name === "suqiu-site")) forgetOwner(); }) ?? forgetOwner();
}
