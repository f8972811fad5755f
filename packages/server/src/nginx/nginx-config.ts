/** What nginx is to do. All of it comes from the settings. */
export interface NginxSettings {
  /** `HOST:PORT` each. */
  readonly controllers: readonly string[];
  /** Addresses and ports to listen on: `443`, `127.0.0.1:8443`. */
  readonly listen: { readonly http?: string; readonly https?: string };
  /** Domain whose subdomains are namespaces' own hosts. */
  readonly webHost?: string;
  /** PEM files; needed for https. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Folder with command lines to download. */
  readonly cliFolder?: string;
  /** Where nginx keeps its pid and what it buffers; its own default without. */
  readonly folder?: string;
}

/** Larger than what a controller takes, so that it is the controller who refuses, in the API's words. */
const BODY = "65m";
/** Longer than a blocking call may wait, in seconds. */
const READ_TIMEOUT_S = 75;
/** Idle connections to the controllers that each worker keeps. */
const KEPT = 64;
/** For so many seconds each of them: less than a controller that stops still serves what is connected. */
const IDLE_S = 1;

/**
 * The configuration of nginx in front of controllers.
 *
 * A call whose controller cannot be reached goes to the next one. One that was sent already goes to the next only where
 * HTTP calls its method idempotent: a POST may have run something. Answers are passed on as they come, so that streams
 * arrive while they are made.
 *
 * No controller is left alone because it failed a while ago (`max_fails=0`): asking one that is not there costs next to
 * nothing, while one that has just come back may be the only one when another goes.
 */
export function nginxConfig(settings: NginxSettings): string {
  const { folder } = settings;
  return `${[
    "worker_processes auto;",
    ...(folder === undefined ? [] : [`pid ${quoted(`${folder}/nginx.pid`)};`]),
    "events { worker_connections 4096; }",
    "http {",
    ...indented([...general(folder), ...upstream(settings.controllers), ...servers(settings)]),
    "}",
  ].join("\n")}\n`;
}

function general(folder: string | undefined): string[] {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return [
    "access_log off;",
    "server_tokens off;",
    "default_type application/octet-stream;",
    `client_max_body_size ${BODY};`,
    "large_client_header_buffers 4 32k;",
    ...(folder === undefined ? [] : temporary.map((name) => `${name}_temp_path ${quoted(`${folder}/${name}`)};`)),
  ];
}

function upstream(controllers: readonly string[]): string[] {
  return [
    "upstream controllers {",
    ...controllers.map((address) => `  server ${address} max_fails=0;`),
    `  keepalive ${KEPT};`,
    `  keepalive_timeout ${IDLE_S}s;`,
    "}",
  ];
}

function servers(settings: NginxSettings): string[] {
  const { listen, tls, webHost } = settings;
  const secured = listen.https === undefined || tls === undefined ? undefined : { address: listen.https, tls };
  const answering = (how: string, more: readonly string[] = []): string[] => [
    ...server([`listen ${how} default_server;`, ...more, ...proxied(), ...guarded(settings)]),
    ...(webHost === undefined ? [] : server([`listen ${how};`, `server_name *.${webHost};`, ...more, ...proxied()])),
  ];
  if (secured === undefined) return listen.http === undefined ? [] : answering(listen.http);
  const certificate = [
    `ssl_certificate ${quoted(secured.tls.certificate)};`,
    `ssl_certificate_key ${quoted(secured.tls.key)};`,
    "ssl_protocols TLSv1.2 TLSv1.3;",
  ];
  const port = secured.address.slice(secured.address.lastIndexOf(":") + 1);
  // 308: the method and the body stay what they are
  const redirect = `return 308 https://$host${port === "443" ? "" : `:${port}`}$request_uri;`;
  return [
    ...answering(`${secured.address} ssl`, certificate),
    ...(listen.http === undefined ? [] : server([`listen ${listen.http} default_server;`, redirect])),
  ];
}

function server(lines: readonly string[]): string[] {
  return ["server {", ...indented(lines), "}"];
}

/** The controllers get all there is. They know a namespace's own host by the name in `Host`. */
function proxied(): string[] {
  return [
    "location / {",
    ...indented([
      "proxy_pass http://controllers;",
      "proxy_http_version 1.1;",
      'proxy_set_header Connection "";',
      "proxy_set_header Host $http_host;",
      "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
      "proxy_set_header X-Forwarded-Proto $scheme;",
      "proxy_set_header X-Forwarded-Host $http_host;",
      "proxy_connect_timeout 1s;",
      `proxy_read_timeout ${READ_TIMEOUT_S}s;`,
      `proxy_send_timeout ${READ_TIMEOUT_S}s;`,
      "proxy_next_upstream error timeout;",
      "proxy_buffering off;",
    ]),
    "}",
  ];
}

/** What is not the controllers' on the API's own host: calls for operators, who ask a controller itself, and downloads. */
function guarded({ cliFolder }: NginxSettings): string[] {
  const download = (folder: string): string =>
    `location /cli/go/download/ { alias ${quoted(`${folder.replace(/\/$/, "")}/`)}; autoindex on; }`;
  return [
    "location ~ ^/(invokers|activation|disable)(/|$) { return 404; }",
    ...(cliFolder === undefined ? [] : [download(cliFolder)]),
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** @throws Error for what no file is called in nginx's language */
function quoted(path: string): string {
  if (/["\\$\n]/.test(path)) throw new Error(`nginx cannot be given the path ${path}`);
  return `"${path}"`;
}
