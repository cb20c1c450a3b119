// Removes the pages that this site kept on this device: nobody is signed in here, so they are nobody's.
"use strict";
if (window.caches) {
  const forget = () => caches.keys().then(names => 
    names.filter(name => name.startsWith("zhiheng")).forEach(name => caches.delete(name)));
  forget();
  document.addEventListener("submit", forget);
}
