// A well-behaved institution: the certified oidc-provider, with people who sign in by their login name alone.
// Settings: port, client (metadata as in OpenID registration), people [{login, sub, acr, amr, claims}], claimsInIdToken.
// Commands: rotate {forget}, people {people}.
import Provider from 'oidc-provider';
import * as jose from 'jose';
import { form, listen, loginPage, obey, say, settings } from './script.mjs';

const claims = ['name', 'eduperson_scoped_affiliation', 'eduperson_assurance', 'orcid'];
const algorithm = settings.client.id_token_signed_response_alg ??= 'ES256';
let people = settings.people;
let keys = [await newKey()];
let provider;
let handle;

const issuer = await listen(async (request, response) => {
  const path = new URL(request.url, 'http://localhost').pathname;
  if (!path.startsWith('/interaction/')) {
    return handle(request, response);
  }
  if (request.method === 'GET') {
    return loginPage(response, path);
  }
  const { login } = await form(request);
  const person = people.find((p) => p.login === login);
  return person ? signIn(request, response, person) : response.writeHead(403).end('Nobody here has that login name.');
});
start();
say({ issuer, clientId: settings.client.client_id });
obey({
  rotate: async ({ forget }) => {
    keys = [await newKey(), ...(forget ? [] : keys)];
    start();
    return { kid: keys[0].kid };
  },
  people: (change) => { people = change.people; },
});

async function newKey() {
  const { privateKey } = await jose.generateKeyPair(algorithm, { extractable: true });
  return { ...await jose.exportJWK(privateKey), kid: crypto.randomUUID(), alg: algorithm, use: 'sig' };
}

function start() {
  provider = new Provider(issuer, {
    clients: [settings.client],
    jwks: { keys },
    enabledJWA: { idTokenSigningAlgValues: [algorithm] },
    acrValues: [...new Set(people.map((p) => p.acr).filter(Boolean))],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], profile: claims },
    conformIdTokenClaims: !settings.claimsInIdToken,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    fetch: (url, { dispatcher, ...options }) => fetch(url, options), // the usual one keeps away from loopback, where everything here is
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['institution'] },
    findAccount: (_, sub) => {
      const person = people.find((p) => p.sub === sub);
      return person && { accountId: sub, claims: () => ({ sub, ...person.claims }) };
    },
  });
  handle = provider.callback();
}

async function signIn(request, response, person) {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: person.sub, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, {
    login: { accountId: person.sub, acr: person.acr, amr: person.amr, remember: false },
    consent: { grantId: await grant.save() },
  });
}
