// Brings the passkey buttons to life: asks the server what to ask, asks the device, and takes the answer back.
"use strict";

async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  return { ok: answer.ok, body: await answer.json() };
}

async function use(button) {
  const registering = button.dataset.passkey === "registration";
  const asked = await post(button.dataset.options, {});
  if (!asked.ok) {
    return asked.body.location ? location.assign(asked.body.location) : button.dataset.refused;
  }

  const { question, options } = asked.body;
  const credential = registering
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  const name = button.dataset.name ? document.getElementById(button.dataset.name).value : undefined;
  const taken = await post(button.dataset.answer, { question, credential: credential.toJSON(), name });
  return taken.ok ? location.assign(taken.body.location) : taken.body.detail ?? button.dataset.refused;
}

for (const button of document.querySelectorAll("button[data-passkey]")) {
  const fault = button.parentElement.querySelector("[data-passkey-fault]");
  const say = (text) => {
    fault.textContent = text ?? "";
    fault.hidden = !text;
  };

  button.addEventListener("click", async () => {
    say();
    if (!globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON) {
      say(button.dataset.missing);
      return;
    }

    button.disabled = true;
    try {
      say(await use(button));
    } catch (error) {
      say(error.name === "NotAllowedError" || error.name === "InvalidStateError" ? button.dataset.cancelled : button.dataset.refused);
    } finally {
      button.disabled = false;
    }
  });
}
