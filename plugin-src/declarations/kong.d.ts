/** The part of Kong's plugin development kit that the plugin calls; nothing else is declared. */

interface KongEntity {
  id: string;
  name?: string;
}

interface KongRoute extends KongEntity {
  /** False where Kong must stream the request body. */
  request_buffering?: boolean;
}

interface KongConsumer {
  id?: string;
  username?: string;
  custom_id?: string;
}

interface KongCredential {
  id?: string;
  /** Of key-auth and jwt. */
  key?: string;
}

declare namespace kong {
  /** Kong's own configuration, for reading. */
  const configuration: { trusted_ips?: string[] };

  namespace ctx {
    /** This plugin's table for one request, the same in all phases and for all its instances; it survives an exit. Nil outside of requests. */
    const plugin: object;
    /** One table of all plugins for one request. */
    const shared: { threat_response_patch?: string };
  }

  namespace client {
    /** The authenticated consumer; nil before authentication and where it failed. */
    function get_consumer(): KongConsumer | undefined;
    /** What the client was authenticated by; nil for the anonymous consumer too. */
    function get_credential(): KongCredential | undefined;
  }

  namespace request {
    /** Reads the body. Parts that were spooled to a file are read up to `max_allowed_file_size` bytes, beyond that it is an error. */
    function get_raw_body(max_allowed_file_size?: number): LuaMultiReturn<[string | undefined, string?]>;
  }

  namespace response {
    function get_source(): "exit" | "error" | "service";
    /** Ends the request; it may not return. */
    function exit(status: number, body?: unknown, headers?: Record<string, string | number>): void;
    function set_header(name: string, value: string): void;
  }

  namespace router {
    function get_route(): KongRoute | undefined;
    function get_service(): KongEntity | undefined;
  }

  namespace service {
    namespace request {
      function set_header(name: string, value: string): void;
      function add_header(name: string, value: string): void;
      function clear_header(name: string): void;
    }
  }

  namespace log {
    function err(...message: unknown[]): void;
    function warn(...message: unknown[]): void;
    function notice(...message: unknown[]): void;
    function info(...message: unknown[]): void;
    function debug(...message: unknown[]): void;
    /** Adds a member to what the logging plugins of this request write. */
    function set_serialize_value(key: string, value: unknown): void;
  }

  namespace vault {
    /** Resolves the references in a part of a plugin's configuration, in place, as far as Kong can. */
    function update(options: object): void;
  }

  namespace node {
    function get_id(): string;
  }
}
