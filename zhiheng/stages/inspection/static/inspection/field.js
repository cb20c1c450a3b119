// Keeps what an inspector enters on this phone until the server has it, and sends it exactly once.
//
// A draft belongs to one account and one form. It lies in IndexedDB with its pictures, carries a token of its
// own, and is sent with that token however often the line breaks: the server acts on a token once. A draft of
// another account is neither shown nor sent. Without this script the same form works while there is a line.
"use strict";
(() => {
  const root = () => document.getElementById("field");
  if (!root() || !window.indexedDB || !window.fetch) return;
  const account = root().dataset.account;
  const words = JSON.parse(document.getElementById("field-words").textContent);
  const STORE = "drafts";
  const TOKEN = "zh-token";
  const CSRF = "csrfmiddlewaretoken";

  // --- what this phone keeps ---------------------------------------------------------------------

  const opened = () => new Promise((resolve, reject) => {
    const asked = indexedDB.open("zhiheng-field", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, {keyPath: "key"});
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const within = async (mode, act) => {
    const base = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const change = base.transaction(STORE, mode);
        const asked = act(change.objectStore(STORE));
        change.oncomplete = () => resolve(asked.result);
        change.onerror = change.onabort = () => reject(change.error);
      });
    } finally {
      base.close();
    }
  };
  const keep = draft => within("readwrite", store => store.put(draft));
  const drop = key => within("readwrite", store => store.delete(key));
  const find = key => within("readonly", store => store.get(key));
  const mine = async () =>
    (await within("readonly", store => store.getAll())).filter(draft => draft.account === account);

  // --- sending -----------------------------------------------------------------------------------

  const parsed = text => new DOMParser().parseFromString(text, "text/html");
  const settle = async (draft, state, more = {}) => {
    Object.assign(draft, {state}, more);
    await keep(draft);
    await show(draft);
    return state;
  };

  // The page is asked for first: it says who is signed in now and carries a fresh mark against forged forms.
  async function fresh(draft) {
    const answer = await fetch(draft.url, {credentials: "same-origin", cache: "no-store"});
    const page = parsed(await answer.text());
    const now = page.getElementById("field");
    const mark = page.querySelector(`input[name=${CSRF}]`);
    return answer.ok && now && now.dataset.account === draft.account && mark ? mark.value : "";
  }

  function body(draft, mark) {
    const data = new FormData();
    data.append(CSRF, mark);
    data.append(TOKEN, draft.token);
    for (const [name, value] of draft.fields) data.append(name, value);
    for (const file of draft.files) {
      data.append(file.field, new File([file.bytes], file.name, {type: file.type}));
    }
    return data;
  }

  const underWay = new Set();
  async function send(draft) {
    if (underWay.has(draft.key)) return "";
    underWay.add(draft.key);
    try {
      await settle(draft, "sending");
      const mark = await fresh(draft);
      if (!mark) return await settle(draft, "signed_out");
      const answer = await fetch(draft.url, {method: "POST", body: body(draft, mark), credentials: "same-origin"});
      const page = parsed(await answer.text());
      if (answer.ok && answer.redirected && page.getElementById("field")) {
        await drop(draft.key);
        draft.state = "sent";
        await show(draft);
        document.dispatchEvent(new Event("field-sent"));
        return "sent";
      }
      if (answer.status >= 500) return await settle(draft, "kept");
      const faults = [...page.querySelectorAll("#error-summary li, .cause")].map(one => one.textContent.trim());
      Object.assign(draft, {state: "mend", faults});
      await keep(draft);
      await show(draft, page);
      return "mend";
    } catch {
      return await settle(draft, "kept");
    } finally {
      underWay.delete(draft.key);
    }
  }

  async function sendWaiting() {
    if (!navigator.onLine) return;
    for (const draft of await mine()) {
      if (["kept", "sending", "signed_out"].includes(draft.state)) await send(draft);
    }
  }

  // --- what the pages say ------------------------------------------------------------------------

  const TONES = {kept: "todo", sending: "running", sent: "done", mend: "stopped", signed_out: "todo"};
  function tell(place, state, isHere) {
    if (!place) return;
    place.hidden = !TONES[state];
    place.replaceChildren();
    if (!TONES[state]) return;
    const said = document.createElement("span");
    said.className = `state ${TONES[state]}`;
    said.textContent = words[isHere && state === "mend" ? "mend_here" : state];
    place.append(said);
    if (isHere && state === "signed_out") {
      const way = document.createElement("a");
      Object.assign(way, {href: location.pathname, textContent: words.sign_in});
      place.append(" ", way);
    }
  }
  const button = (text, kind, act) => {
    const made = document.createElement("button");
    Object.assign(made, {type: "button", className: kind, textContent: text});
    made.addEventListener("click", act);
    return made;
  };

  async function show(draft, page) {
    const form = root().querySelector("form.form");
    if (form && draft.key === keyOf(form)) {
      tell(form.querySelector("[data-state]"), draft.state, true);
      if (draft.state === "sent") location.assign(draft.url);
      if (draft.state === "mend" && page && page.getElementById("field")) {
        root().replaceWith(page.getElementById("field"));
        await bind();
        (document.getElementById("error-summary") || root()).scrollIntoView();
      } else if (draft.state === "mend") {
        form.querySelector("[data-state]").append(` ${(draft.faults || []).join(" ")}`);
      }
      return;
    }
    await list(draft.state === "sent" ? draft : undefined);
  }

  // The list of what is kept here; one that was just sent stays in sight until the page is left.
  const gone = new Map();
  async function list(sent) {
    const place = document.getElementById("kept-list");
    if (!place) return;
    if (sent) gone.set(sent.key, sent);
    const drafts = [...gone.values(), ...(await mine())].filter(draft => TONES[draft.state]);
    place.replaceChildren(...drafts.map(card));
    document.getElementById("kept").hidden = !drafts.length;
    for (const draft of drafts) {
      const near = root().querySelector(`.card[data-visit="${draft.visit}"]`);
      if (!near) continue;
      tell(near.querySelector("[data-state]"), draft.state);
      for (const link of draft.state === "sent" ? near.querySelectorAll("a.button") : []) link.remove();
    }
  }
  function card(draft) {
    const item = document.createElement("li");
    const head = document.createElement("h3");
    const state = document.createElement("p");
    const does = document.createElement("p");
    item.className = "card";
    does.className = "actions";
    head.textContent = draft.name;
    tell(state, draft.state);
    for (const fault of draft.state === "mend" ? draft.faults || [] : []) state.append(` ${fault}`);
    if (draft.state !== "sent") {
      const link = document.createElement("a");
      Object.assign(link, {href: draft.url, className: "button second small", textContent: words.open});
      does.append(button(words.send, "small", () => send(draft)), link);
      does.append(button(words.drop, "plain", async () => {
        if (!confirm(words.drop_sure)) return;
        await drop(draft.key);
        await list();
      }));
    }
    item.append(head, state, does);
    return item;
  }
  function line() {
    const place = document.getElementById("line-state");
    if (!place) return;
    const at = root().dataset.keptAt;
    const time = at ? new Date(at).toLocaleTimeString(document.documentElement.lang, {timeStyle: "short"}) : "";
    place.hidden = navigator.onLine && !at;
    place.textContent = at ? words.stale.replace("{time}", time) : navigator.onLine ? "" : words.offline;
  }

  // --- the form ----------------------------------------------------------------------------------

  const keyOf = form => [account, root().dataset.visit, form.elements.form.value].join(" ");
  const held = new Map(); // by the name of the file field: a camera gives one picture at a time
  const fileFields = form => [...form.querySelectorAll("input[type=file]")];

  function fill(input) {
    const all = new DataTransfer();
    for (const file of held.get(input.name) || []) all.items.add(file);
    input.files = all.files;
    let said = input.parentElement.querySelector(".kept-files");
    if (!said) {
      said = document.createElement("ul");
      said.className = "kept-files plain-list";
      input.after(said);
    }
    said.replaceChildren(...[...input.files].map((file, at) => {
      const item = document.createElement("li");
      item.append(`${words.files}${file.name} (${Math.ceil(file.size / 1024)} KB) `);
      item.append(button("×", "plain", () => {
        held.get(input.name).splice(at, 1);
        fill(input);
        keepSoon(input.form);
      }));
      item.lastChild.setAttribute("aria-label", `${words.drop}: ${file.name}`);
      return item;
    }));
  }

  async function collected(form, state) {
    const key = keyOf(form);
    const before = await find(key);
    const skipped = new Set([CSRF, TOKEN, ...fileFields(form).map(input => input.name)]);
    const files = [];
    for (const input of fileFields(form)) {
      for (const file of input.files) {
        const {name, type, lastModified} = file;
        files.push({field: input.name, name, type, lastModified, bytes: await file.arrayBuffer()});
      }
    }
    form.elements.taken.value = files.filter(file => file.field === "photos")
      .map(file => new Date(file.lastModified).toISOString()).join(",");
    return {
      key, account, state, files,
      visit: root().dataset.visit,
      name: root().dataset.name,
      url: location.pathname,
      token: (before && before.token) || (crypto.randomUUID ? crypto.randomUUID() : form.elements[TOKEN].value),
      fields: [...new FormData(form)].filter(([name]) => !skipped.has(name)),
    };
  }

  let soon = 0;
  let writing = Promise.resolve();
  let isSending = false;
  function keepSoon(form) {
    clearTimeout(soon);
    soon = setTimeout(() => {
      if (isSending) return;
      writing = writing.then(async () => {
        if (!isSending && form.isConnected) await keep(await collected(form, "begun"));
      }).catch(() => tellFull(form));
    }, 300);
  }
  function tellFull(form) {
    const place = form.querySelector("[data-state]");
    place.hidden = false;
    place.textContent = words.full;
  }

  function restore(form, draft) {
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden" && field.name !== "place" || field.type === "file") continue;
      const values = draft.fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
    for (const input of fileFields(form)) {
      const files = draft.files.filter(file => file.field === input.name);
      held.set(input.name, files.map(({bytes, name, type, lastModified}) =>
        new File([bytes], name, {type, lastModified})));
      fill(input);
    }
  }

  function offerPlace(form) {
    if (!navigator.geolocation || !form.elements.place) return;
    const said = document.createElement("span");
    said.className = "quiet";
    said.textContent = form.elements.place.value ? words.place_set : "";
    const ask = button(words.place, "second", () => navigator.geolocation.getCurrentPosition(found => {
      const {latitude, longitude} = found.coords;
      form.elements.place.value = `${latitude.toFixed(2)},${longitude.toFixed(2)}`;
      said.textContent = words.place_set;
      keepSoon(form);
    }, () => { said.textContent = words.place_not; }, {timeout: 15000, maximumAge: 300000}));
    document.getElementById("field-actions").before(ask, " ", said);
  }

  async function bind() {
    const form = root().querySelector("form.form");
    if (!form) return;
    const draft = await find(keyOf(form));
    held.clear();
    if (draft) {
      restore(form, draft);
      tell(form.querySelector("[data-state]"), draft.state, true);
    }
    offerPlace(form);
    form.addEventListener("input", event => {
      if (event.target.type !== "file") return keepSoon(form);
    });
    form.addEventListener("change", event => {
      const input = event.target;
      if (input.type === "file") {
        const known = held.get(input.name) || [];
        const same = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
        const added = [...input.files].filter(file => !known.some(one => same(one, file)));
        held.set(input.name, [...known, ...added]);
        fill(input);
      }
      keepSoon(form);
    });
    form.addEventListener("submit", async event => {
      event.preventDefault();
      if (isSending) return;
      isSending = true;
      clearTimeout(soon);
      try {
        await writing;
        const stale = document.getElementById("error-summary");
        if (stale) stale.remove();
        const now = await collected(form, "kept");
        await keep(now);
        await send(now);
      } catch {
        tellFull(form);
      } finally {
        isSending = false;
      }
    });
    form.dataset.bound = "yes";
  }

  window.addEventListener("online", () => { line(); sendWaiting(); });
  window.addEventListener("offline", line);
  line();
  bind().then(() => list()).then(sendWaiting);
})();
