/** Names under which a secret or personal datum stands, whatever the value looks like. Compared without case and separators. */
const SECRET_NAMES = `
  password passwd passwort motdepasse contrasena senha pwd pass passphrase passcode newpassword oldpassword
  currentpassword confirmpassword passwordconfirmation secret clientsecret appsecret sharedsecret secretkey
  secretaccesskey awssecretaccesskey privatekey signingkey encryptionkey masterkey hashkey accountkey storagekey
  token accesstoken refreshtoken idtoken authtoken bearertoken apitoken usertoken devicetoken resettoken csrftoken
  xsrftoken csrfmiddlewaretoken xcsrftoken xxsrftoken authenticitytoken requestverificationtoken securitytoken
  xamzsecuritytoken xauthtoken xaccesstoken xvaulttoken xgitlabtoken privatetoken apikey xapikey apisecret
  accesskey accesskeyid subscriptionkey ocpapimsubscriptionkey authorization proxyauthorization xauthorization
  auth credential credentials cookie setcookie session sessionid sessionkey sessiontoken sid phpsessid jsessionid
  aspsessionid aspnetsessionid connectsid laravelsession otp totp mfacode twofactorcode onetimecode
  verificationcode pin pincode cvv cvc cvv2 securitycode signature xamzsignature xamzcredential xgoogsignature
  xgoogcredential sig codeverifier authorizationcode authcode clientassertion assertion samlresponse samlrequest
  recoverycode seedphrase mnemonic licensekey connectionstring databaseurl dsn securityanswer`;
const PERSONAL_NAMES = `
  username login loginname userid email emailaddress mail phone phonenumber mobile telephone tel firstname
  lastname fullname surname givenname familyname maidenname ssn socialsecuritynumber nationalid taxid passport
  passportnumber driverlicense driverslicense dob dateofbirth birthdate birthday streetaddress homeaddress
  postaladdress cardnumber creditcard ccnumber ccnum cardholder iban accountnumber bankaccount routingnumber
  sortcode medicalrecordnumber insurancenumber`;

const NAMES = new Set(`${SECRET_NAMES} ${PERSONAL_NAMES}`.trim().split(/\s+/));
const compact = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** `user[password]`, `user.password`, `X-Api-Key` and `DB_PASSWORD` are all names of a secret. */
export function isSensitiveName(name: string): boolean {
  if (name.length > 200) return false;
  if (NAMES.has(compact(name))) return true;
  const parts = name.split(/[.[\]:/]|_+|-+/).filter((part) => part !== "");
  const last = parts.at(-1);
  if (last !== undefined && NAMES.has(compact(last)) && compact(last).length >= 5) return true;
  const two = parts.slice(-2).join("");
  return parts.length > 2 && NAMES.has(compact(two));
}

/** A name, a separator, a value: `name=value`, `name: value`, `"name":"value"`, `<name>value</name>`. */
const PAIR =
  /(?<![\w.[\]-])([A-Za-z][\w.[\]-]{1,80})(["'`]?\s{0,3}(?:[:=]|=>)[\s+]{0,3})("(?:[^"\\\r\n]|\\.){0,4000}"?|'(?:[^'\\\r\n]|\\.){0,4000}'?|[^\s&;,"'<>}]{1,4000})/g;
/** A header on one line: to the closing quote where it is quoted, else to the end, since its own value may hold quotes. */
const HEADER_LINE =
  /(?<![\w-])((?:proxy-|x-)?authorization|(?:set-)?cookie2?)(\\?["']?\s{0,3}[:=]\s{0,3})(?:"(?:[^"\\\r\n]|\\.){1,4000}|'(?:[^'\\\r\n]|\\.){1,4000}|[^\s"'][^\r\n]{0,4000})/gi;
const ELEMENT = /<([A-Za-z][\w.:-]{1,60})>([^<]{1,4000})<\//g;

const masked = "[redacted:value]";

/** Masks what stands under a telling name in flat text. */
export function redactPairs(text: string): string {
  return text
    .replace(HEADER_LINE, "$1$2[redacted:header]")
    .replace(ELEMENT, (all, name: string) => (isSensitiveName(name) ? `<${name}>${masked}</` : all))
    .replace(PAIR, (all, name: string, separator: string, value: string) => {
      if (!isSensitiveName(name) || value.startsWith("[redacted:")) return all;
      const quote = /^["']/.exec(value)?.[0] ?? "";
      const closing = quote !== "" && value.length > 1 && value.endsWith(quote) ? quote : "";
      return `${name}${separator}${quote}${masked}${closing}`;
    });
}
