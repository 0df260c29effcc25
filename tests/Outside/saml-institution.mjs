// An institution of a SAML federation of one: an identity provider whose people sign in by their login name alone, and the
// signed metadata a federation publishes. Settings: folder (gets metadata.xml and signer.pem), people [{login, nameId, transient,
// attributes {name: [values]}, context, signedInAgo}]. Commands: misbehave {how}, asked.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { form, listen, loginPage, obey, say, settings } from './script.mjs';

const faults = ['nothing', 'unsigned', 'wrong-key', 'expired', 'wrong-audience', 'made-up-request'];
const scope = 'example.ac.jp';
const [signer, own, other] = ['signer', 'institution', 'other'].map(newKey);
let fault = 'nothing';
let lastAsked;

const address = await listen(async (request, response) => {
  const url = new URL(request.url, address);
  if (request.method === 'GET') {
    return loginPage(response, `${url.pathname}${url.search.replaceAll('&', '&amp;')}`);
  }
  const { login } = await form(request);
  const person = settings.people.find((p) => p.login === login);
  const asked = lastAsked = readRequest(url.searchParams.get('SAMLRequest'));
  const fields = { SAMLResponse: Buffer.from(answer(asked, person)).toString('base64'), RelayState: url.searchParams.get('RelayState') };
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html><title>Institution</title>
<form method="post" action="${asked.consumer}">${Object.entries(fields).map(([name, value]) =>
    `<input type="hidden" name="${name}" value="${text(value)}">`).join('')}</form><script>document.forms[0].submit()</script>`);
});
const entityId = `${address}/idp`;
writeFileSync(`${settings.folder}/metadata.xml`, signed(metadata(), "//*[local-name(.)='EntitiesDescriptor']", signer, 'first'));
say({ entityId, metadata: `${settings.folder}/metadata.xml`, certificate: `${settings.folder}/signer.pem` });
obey({
  asked: () => lastAsked,
  misbehave: ({ how }) => {
    if (!faults.includes(how)) {
      throw new Error(`unknown fault ${how}`);
    }
    fault = how;
  },
});

function newKey(name) {
  const [key, certificate] = [`${settings.folder}/${name}.key`, `${settings.folder}/${name}.pem`];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', key, '-out', certificate],
    { stdio: 'ignore' });
  return { key: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
}

function readRequest(deflated) {
  const root = new DOMParser().parseFromString(inflateRawSync(Buffer.from(deflated, 'base64')).toString(), 'text/xml').documentElement;
  const texts = (name) => Array.from(root.getElementsByTagNameNS('urn:oasis:names:tc:SAML:2.0:assertion', name), (node) => node.textContent);
  return {
    id: root.getAttribute('ID'),
    issuer: texts('Issuer')[0],
    consumer: root.getAttribute('AssertionConsumerServiceURL') || `${settings.bridge}/saml/proxySingleSignOnPost`,
    contexts: texts('AuthnContextClassRef'),
    forced: root.getAttribute('ForceAuthn') === 'true',
  };
}

function text(value) {
  return String(value ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function time(seconds) {
  return new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+/, '');
}

function signed(xml, path, { key, certificate }, place) {
  const signature = new SignedXml({
    privateKey: key,
    publicCert: certificate,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  });
  signature.addReference({
    xpath: path,
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
  });
  const location = place === 'first'
    ? { reference: path, action: 'prepend' }
    : { reference: `${path}/*[local-name(.)='Issuer']`, action: 'after' };
  signature.computeSignature(xml, { prefix: 'ds', location });
  return signature.getSignedXml();
}

function metadata() {
  const certificate = own.certificate.replace(/-----[^-]+-----|\s/g, '');
  return `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
  ID="_${randomUUID()}" Name="https://federation.example.org" validUntil="${time(86400)}"><md:EntityDescriptor entityID="${entityId}">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:Extensions>
      <shibmd:Scope xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" regexp="false">${scope}</shibmd:Scope>
      <mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"><mdui:DisplayName xml:lang="ja">例大学</mdui:DisplayName></mdui:UIInfo>
    </md:Extensions>
    <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
    </md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${address}/sso"/>
  </md:IDPSSODescriptor></md:EntityDescriptor></md:EntitiesDescriptor>`;
}

function answer(asked, person) {
  const request = fault === 'made-up-request' ? `_${randomUUID()}` : asked.id;
  const [from, to] = fault === 'expired' ? [time(-7200), time(-3600)] : [time(-60), time(300)];
  const audience = fault === 'wrong-audience' ? 'https://somebody-else.example.org' : asked.issuer;
  const format = `urn:oasis:names:tc:SAML:2.0:nameid-format:${person.transient ? 'transient' : 'persistent'}`;
  const attributes = Object.entries(person.attributes).map(([name, values]) =>
    `<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">${values.map((value) =>
      `<saml:AttributeValue>${text(value)}</saml:AttributeValue>`).join('')}</saml:Attribute>`).join('');
  const head = `Version="2.0" IssueInstant="${time(0)}"`;
  const assertion = `<saml:Assertion ID="_${randomUUID()}" ${head}><saml:Issuer>${entityId}</saml:Issuer>
  <saml:Subject>
    <saml:NameID Format="${format}" NameQualifier="${entityId}" SPNameQualifier="${asked.issuer}">${text(person.nameId)}</saml:NameID>
    <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
      <saml:SubjectConfirmationData InResponseTo="${request}" NotOnOrAfter="${to}" Recipient="${asked.consumer}"/>
    </saml:SubjectConfirmation>
  </saml:Subject>
  <saml:Conditions NotBefore="${from}" NotOnOrAfter="${to}">
    <saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction>
  </saml:Conditions>
  <saml:AuthnStatement AuthnInstant="${time(-(person.signedInAgo ?? 0))}" SessionIndex="_${randomUUID()}">
    <saml:AuthnContext><saml:AuthnContextClassRef>${person.context}</saml:AuthnContextClassRef></saml:AuthnContext>
  </saml:AuthnStatement>
  <saml:AttributeStatement>${attributes}</saml:AttributeStatement></saml:Assertion>`;
  const response = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
  ID="_${randomUUID()}" ${head} Destination="${asked.consumer}" InResponseTo="${request}"><saml:Issuer>${entityId}</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${assertion}</samlp:Response>`;
  if (fault === 'unsigned') {
    return response;
  }
  return signed(response, "//*[local-name(.)='Assertion']", fault === 'wrong-key' ? other : own, 'afterIssuer');
}
