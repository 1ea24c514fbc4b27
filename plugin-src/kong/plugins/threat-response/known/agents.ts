/**
 * Programs that attack or look for holes, by what they say in their user agent. Words are lower case and stand between bytes that are no
 * letters; a `*` at the end lets any letters follow. The date is the day the line was last checked.
 *
 * `block`: tools made to exploit, to guess or to scan others' servers without being asked. `flag`: scanners and surveys that a
 * site's owner may have ordered, or that harm nobody. Clients for general use (curl, python-requests, Go-http-client, …), search engines and
 * monitors of availability are in neither: anybody uses them.
 *
 * id | source | date | action score | words
 */
export const AGENTS = [
  `
# SQL injection
sqlmap | sqlmap.org | 2026-11-22 | block 90 | sqlmap
sqlninja | sqlninja.sourceforge.net | 2026-11-22 | block 90 | sqlninja
havij | itsecteam.com | 2026-11-22 | block 90 | havij
bsqlbf | code.google.com/p/bsqlbf-v2 | 2026-11-22 | block 90 | bsqlbf
jsql-injection | github.com/ron190/jsql-injection | 2026-11-22 | block 90 | jsql
ghauri | github.com/r0oth3x49/ghauri | 2026-11-22 | block 90 | ghauri
nosqlmap | github.com/codingo/NoSQLMap | 2026-11-22 | block 90 | nosqlmap
sqlsus | sqlsus.sourceforge.net | 2026-11-22 | block 90 | sqlsus
safe3-sql | sourceforge.net/projects/safe3si | 2026-11-22 | block 90 | safe3si or safe3
pangolin-sql | nosec.org | 2026-11-22 | flag 55 | pangolin
absinthe | sourceforge.net/projects/absinthe | 2026-11-22 | flag 55 | absinthe
sql-power-injector | sqlpowerinjector.com | 2026-11-22 | block 90 | sql power injector or sql injection

# Script, template, command and file injection
xsser | xsser.03c8.net | 2026-11-22 | block 90 | xsser
xsstrike | github.com/s0md3v/XSStrike | 2026-11-22 | block 90 | xsstrike
dalfox | github.com/hahwul/dalfox | 2026-11-22 | block 90 | dalfox
commix | commixproject.com | 2026-11-22 | block 90 | commix
tplmap | github.com/epinna/tplmap | 2026-11-22 | block 90 | tplmap
sstimap | github.com/vladko312/SSTImap | 2026-11-22 | block 90 | sstimap
tinja | github.com/Hackmanit/TInjA | 2026-11-22 | block 90 | tinja
fimap | github.com/kurobeats/fimap | 2026-11-22 | block 90 | fimap
kadimus | github.com/P0cL4bs/Kadimus | 2026-11-22 | block 90 | kadimus
lfisuite | github.com/D35m0nd142/LFISuite | 2026-11-22 | block 90 | lfisuite
lfimap | github.com/hansmach1ne/LFImap | 2026-11-22 | block 90 | lfimap
liffy | github.com/mzfr/liffy | 2026-11-22 | block 80 | liffy
panoptic | github.com/lightos/Panoptic | 2026-11-22 | block 80 | panoptic
dotdotpwn | github.com/wireghoul/dotdotpwn | 2026-11-22 | block 90 | dotdotpwn
crlfuzz | github.com/dwisiswant0/crlfuzz | 2026-11-22 | block 90 | crlfuzz
ssrfmap | github.com/swisskyrepo/SSRFmap | 2026-11-22 | block 90 | ssrfmap
shellshock | CVE-2014-6271 | 2014-09-24 | block 95 | () {
joomla-user-agent | CVE-2015-8562 | 2015-12-16 | block 95 | jdatabasedrivermysql*
php-zerodium | PHP 8.1.0-dev back door | 2021-03-28 | block 95 | zerodium*
log4j-user-agent | CVE-2021-44228 | 2021-12-10 | block 95 | \${jndi:*

# Files and folders, names and parameters by trial
dirbuster | owasp.org DirBuster | 2026-11-22 | block 90 | dirbuster
gobuster | github.com/OJ/gobuster | 2026-11-22 | block 90 | gobuster
feroxbuster | github.com/epi052/feroxbuster | 2026-11-22 | block 90 | feroxbuster
dirsearch | github.com/maurosoria/dirsearch | 2026-11-22 | block 90 | dirsearch
dirb | dirb.sourceforge.net | 2026-11-22 | block 80 | dirb
ffuf | github.com/ffuf/ffuf | 2026-11-22 | block 90 | ffuf or fuzz faster u fool or fuzz faster
wfuzz | github.com/xmendez/wfuzz | 2026-11-22 | block 90 | wfuzz
kiterunner | github.com/assetnote/kiterunner | 2026-11-22 | block 90 | kiterunner
bfac | github.com/mazen160/bfac | 2026-11-22 | block 90 | bfac
shortscan | github.com/bitquark/shortscan | 2026-11-22 | block 90 | shortscan
arjun | github.com/s0md3v/Arjun | 2026-11-22 | flag 55 | arjun
jbrofuzz | owasp.org JBroFuzz | 2026-11-22 | block 90 | jbrofuzz
webslayer | code.google.com/p/webslayer | 2026-11-22 | block 90 | webslayer
libwhisker | sourceforge.net/projects/whisker | 2026-11-22 | block 90 | libwhisker
uniscan | sourceforge.net/projects/uniscan | 2026-11-22 | block 90 | uniscan
cansina | github.com/deibit/cansina | 2026-11-22 | block 80 | cansina

# Passwords
hydra | github.com/vanhauser-thc/thc-hydra | 2026-11-22 | block 90 | (hydra or hydra) or thc-hydra
medusa | github.com/jmk-foofus/medusa | 2026-11-22 | block 75 | medusa/1 or medusa/2
patator | github.com/lanjelot/patator | 2026-11-22 | block 90 | patator
brutus | hoobie.net Brutus | 2026-11-22 | block 80 | brutus or brutus/aet
openbullet | github.com/openbullet/openbullet | 2026-11-22 | block 85 | openbullet or silverbullet
sentrymba | Sentry MBA | 2026-11-22 | block 85 | sentry mba or sentrymba

# Content management systems
wpscan | wpscan.com | 2026-11-22 | block 90 | wpscan
wprecon | github.com/blackbinn/wprecon | 2026-11-22 | block 90 | wprecon
wpprobe | github.com/Chocapikk/wpprobe | 2026-11-22 | block 90 | wpprobe
wpxf | github.com/rastating/wordpress-exploit-framework | 2026-11-22 | block 90 | wpxf
cmsmap | github.com/dionach/CMSmap | 2026-11-22 | block 90 | cmsmap
cmseek | github.com/Tuhinshubhra/CMSeeK | 2026-11-22 | block 90 | cmseek
joomscan | owasp.org JoomScan | 2026-11-22 | block 90 | joomscan
droopescan | github.com/SamJoan/droopescan | 2026-11-22 | block 90 | droopescan
plecost | iniqua.com/labs/plecost | 2026-11-22 | block 80 | plecost
`,
  `
# General scanners of holes
nikto | cirt.net/nikto2 | 2026-11-22 | block 90 | nikto
nuclei | github.com/projectdiscovery/nuclei | 2026-11-22 | block 90 | nuclei
jaeles | github.com/jaeles-project/jaeles | 2026-11-22 | block 90 | jaeles
w3af | w3af.org | 2026-11-22 | block 90 | w3af
arachni | arachni-scanner.com | 2026-11-22 | block 90 | arachni*
wapiti | wapiti-scanner.github.io | 2026-11-22 | block 90 | wapiti
skipfish | code.google.com/p/skipfish | 2026-11-22 | block 90 | skipfish
vega | subgraph.com/vega | 2026-11-22 | flag 55 | vega
grendel-scan | sourceforge.net/projects/grendel | 2026-11-22 | block 90 | grendel-scan or grendel
ironwasp | ironwasp.org | 2026-11-22 | block 90 | ironwasp
golismero | github.com/golismero | 2026-11-22 | block 90 | golismero
nettacker | owasp.org Nettacker | 2026-11-22 | block 90 | nettacker
webshag | scrt.ch webshag | 2026-11-22 | block 90 | webshag
webbandit | webbandit | 2026-11-22 | block 90 | webbandit
xspider | ptsecurity.com XSpider | 2026-11-22 | block 80 | xspider
osmedeus | github.com/j3ssie/osmedeus | 2026-11-22 | block 90 | osmedeus
sn1per | github.com/1N3/Sn1per | 2026-11-22 | block 90 | sn1per
xray-scanner | github.com/chaitin/xray | 2026-11-22 | block 80 | xray scanner or chaitin
afrog | github.com/zan8in/afrog | 2026-11-22 | block 90 | afrog
tsunami | github.com/google/tsunami-security-scanner | 2026-11-22 | block 80 | tsunamisecurityscanner or tsunami-security-scanner
openvas | openvas.org | 2026-11-22 | block 85 | openvas* or gvm/
nessus | tenable.com | 2026-11-22 | block 85 | nessus*
acunetix | acunetix.com | 2026-11-22 | block 85 | acunetix* or wvs/
netsparker | invicti.com | 2026-11-22 | block 80 | netsparker* or invicti*
appscan | hcl-software.com/appscan | 2026-11-22 | block 80 | appscan*
webinspect | opentext.com Fortify WebInspect | 2026-11-22 | block 80 | webinspect
appspider | rapid7.com AppSpider | 2026-11-22 | block 80 | appspider or ntospider
n-stalker | nstalker.com | 2026-11-22 | block 80 | n-stalker or nstalker or n-stealth
nexpose | rapid7.com Nexpose | 2026-11-22 | block 75 | nexpose
burp | portswigger.net | 2026-11-22 | block 80 | burpsuite or burp suite or burpcollaborator*
zap | zaproxy.org | 2026-11-22 | block 80 | zaproxy or owasp zap or owasp_zap
paros | parosproxy.org | 2026-11-22 | block 80 | paros
whatwaf | github.com/Ekultek/WhatWaf | 2026-11-22 | block 90 | whatwaf
wafw00f | github.com/EnableSecurity/wafw00f | 2026-11-22 | block 80 | wafw00f
graphw00f | github.com/dolevf/graphw00f | 2026-11-22 | block 80 | graphw00f
graphql-cop | github.com/dolevf/graphql-cop | 2026-11-22 | block 80 | graphql-cop
inql | github.com/doyensec/inql | 2026-11-22 | block 75 | inql
metasploit | metasploit.com | 2026-11-22 | block 90 | metasploit or msfconsole
bewica | bewica | 2026-11-22 | block 75 | bewica*
securityagent | unnamed scanner | 2026-11-22 | block 70 | securityagent
sysscan | unnamed scanner | 2026-11-22 | block 75 | sysscan*
pentest-words | words of penetration tests | 2026-11-22 | block 75 | pentest* or penetration test or vulnerability scan* or security scan or security-scan or vulnscan*
oob-hosts | out-of-band interaction hosts | 2026-11-22 | block 85 | interactsh* or oastify* or burpcollaborator* or dnslog*

# Whole networks, by machines of others
masscan | github.com/robertdavidgraham/masscan | 2026-11-22 | block 85 | masscan*
zgrab | github.com/zmap/zgrab2 | 2026-11-22 | block 75 | zgrab
zmeu | ZmEu | 2026-11-22 | block 90 | zmeu
morfeus | Morfeus Fucking Scanner | 2026-11-22 | block 90 | morfeus
jorgee | Jorgee | 2026-11-22 | block 90 | jorgee
muieblackcat | Muieblackcat | 2026-11-22 | block 90 | muieblackcat
nmap | nmap.org | 2026-11-22 | block 80 | nmap or nmap scripting engine
l9 | leakix.net | 2026-11-22 | block 75 | l9explore or l9tcpid or l9scan
nsauditor | nsauditor.com | 2026-11-22 | block 80 | nsauditor
rustscan | github.com/RustScan | 2026-11-22 | block 80 | rustscan
naabu | github.com/projectdiscovery/naabu | 2026-11-22 | block 80 | naabu
betabot | Betabot | 2026-11-22 | block 80 | betabot
mozlila | misspelt agent of Mirai and others | 2026-11-22 | block 80 | mozlila
false-mozilla | impossible version of Mozilla | 2026-11-22 | block 70 | mozilla/5.g or mozilla/3.mozilla
hello-world | agent of Mirai and Gafgyt | 2026-11-22 | block 75 | hello, world
botnets | names of botnets of routers | 2026-11-22 | block 80 | gafgyt or hakai or b4ckdoor or r00ts3c or snickers-avtech or dark_nexus or b3astmode
redtail | agent of the RedTail miner's scanners | 2026-11-23 | block 85 | libredtail-http
rondodox | agent of the RondoDox botnet | 2026-11-23 | block 85 | rondo2012@ or bang2012@
custom-asynchttp | agent of scanners for PHPUnit and of ThinkPHP exploits | 2026-11-23 | block 75 | custom-asynchttpclient
netlab360 | netlab.360.com | 2026-11-22 | flag 55 | netlab360
odin | getodin.com | 2026-11-22 | flag 50 | getodin* or odin; https
censys | censys.io | 2026-11-22 | flag 50 | censysinspect
shodan | shodan.io | 2026-11-22 | flag 50 | shodan
expanse | paloaltonetworks.com Expanse | 2026-11-22 | flag 45 | expanse, a palo alto or hello from palo alto networks
vision-height | visionheight.com/scan | 2026-11-23 | flag 45 | visionheight.com/scan
genome-crawler | nokia.com/genomecrawler | 2026-11-23 | flag 45 | genomecrawler*
internet-measurement | internet-measurement.com | 2026-11-22 | flag 45 | internetmeasurement
leakix | leakix.net | 2026-11-22 | flag 55 | leakix*
`,
  `
# Surveyors of one site, and services that its owner may have ordered
whatweb | morningstarsecurity.com/research/whatweb | 2026-11-22 | block 75 | whatweb
httpx-pd | github.com/projectdiscovery/httpx | 2026-11-22 | flag 55 | httpx - open-source project or projectdiscovery*
katana | github.com/projectdiscovery/katana | 2026-11-22 | flag 55 | katana/
gau | github.com/lc/gau | 2026-11-22 | flag 50 | gau/
gospider | github.com/jaeles-project/gospider | 2026-11-22 | flag 55 | gospider
hakrawler | github.com/hakluke/hakrawler | 2026-11-22 | flag 55 | hakrawler
photon | github.com/s0md3v/Photon | 2026-11-22 | flag 50 | photon scanner
amass | github.com/owasp-amass | 2026-11-22 | flag 50 | amass/
aquatone | github.com/michenriksen/aquatone | 2026-11-22 | flag 50 | aquatone
eyewitness | github.com/RedSiege/EyeWitness | 2026-11-22 | flag 50 | eyewitness
recon-ng | github.com/lanmaster53/recon-ng | 2026-11-22 | flag 55 | recon-ng
theharvester | github.com/laramies/theHarvester | 2026-11-22 | flag 55 | theharvester
trufflehog | github.com/trufflesecurity/trufflehog | 2026-11-22 | flag 55 | trufflehog
noseyparker | github.com/praetorian-inc/noseyparker | 2026-11-22 | flag 55 | noseyparker
yeswehack | yeswehack.com | 2026-11-22 | flag 55 | yeswehack*
bugcrowd | bugcrowd.com | 2026-11-22 | flag 55 | bugcrowd*
hackerone | hackerone.com | 2026-11-22 | flag 55 | hackerone*
intigriti | intigriti.com | 2026-11-22 | flag 55 | intigriti*
detectify | detectify.com | 2026-11-22 | flag 55 | detectify*
qualys | qualys.com | 2026-11-22 | flag 55 | qualys*
rapid7 | rapid7.com | 2026-11-22 | flag 55 | rapid7* or insightappsec
sitelock | sitelock.com | 2026-11-22 | flag 55 | sitelockspider or sitelock*
hexometer | hexometer.com | 2026-11-22 | flag 50 | hexometer
tenable-was | tenable.com | 2026-11-22 | flag 55 | tenable*
probely | probely.com | 2026-11-22 | flag 55 | probely* or probe.ly
intruder-io | intruder.io | 2026-11-22 | flag 55 | intruder.io
immuniweb | immuniweb.com | 2026-11-22 | flag 55 | immuniweb*
pentest-tools | pentest-tools.com | 2026-11-22 | flag 55 | pentest-tools*
hostedscan | hostedscan.com | 2026-11-22 | flag 55 | hostedscan*
sucuri | sitecheck.sucuri.net | 2026-11-22 | flag 45 | sitecheck-sucuri*
`,
];
