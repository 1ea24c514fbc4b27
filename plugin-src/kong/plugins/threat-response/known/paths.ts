/**
 * Paths that nobody asks for but to find what was left behind. `block` where no application serves it on purpose, `flag` where one
 * may. Conditions are explained in `condition.ts`; the date is the day the line was last checked.
 *
 * id | source | date | action score [class] | conditions
 */
export const PATHS: string[] = [
  `
# Version control and tools of developers
git-folder | CWE-527 | 2026-11-22 | block 90 | path~/.git/config or /.git/head or /.git/index or /.git/logs/ or /.git/refs/ or /.git/objects/ or /.git/packed-refs or /.git/commit_editmsg or /.git/description or /.git/info/ or /.git/orig_head or /.git/fetch_head or /.git/hooks/
git-folder-itself | CWE-527 | 2026-11-22 | block 85 | path$/.git or /.git/ or /.git-credentials or /.gitconfig or /.git/head or /.gitmodules
git-ignore | CWE-527 | 2026-11-22 | flag 50 | path$/.gitignore or /.gitattributes or /.gitlab-ci.yml or /.travis.yml or /.dockerignore
svn-folder | CWE-527 | 2026-11-22 | block 90 | path~/.svn/entries or /.svn/wc.db or /.svn/text-base or /.svn/props or /.svn/format or /.svn/pristine
hg-folder | CWE-527 | 2026-11-22 | block 90 | path~/.hg/store or /.hg/hgrc or /.hg/dirstate or /.hg/requires or /.hg/branch or /.hgignore
bzr-folder | CWE-527 | 2026-11-22 | block 85 | path~/.bzr/branch or /.bzr/readme or /.bzr/checkout or /.bzr/repository
cvs-folder | CWE-527 | 2026-11-22 | block 80 | path$/cvs/root or /cvs/entries or /cvs/repository
github-folder | CWE-538 | 2026-11-22 | flag 55 | path~/.github/workflows/ or /.circleci/config or /.gitea/workflows
editor-folders | CWE-538 | 2026-11-22 | block 80 | path~/.vscode/sftp.json or /.vscode/settings.json or /.vscode/launch.json or /.vscode/ftp-sync.json or /.idea/workspace.xml or /.idea/webservers.xml or /.idea/datasources or /.idea/deployment.xml or /.idea/modules.xml or /nbproject/private/
editor-folders-other | CWE-538 | 2026-11-22 | flag 60 | path~/.vscode/ or /.idea/ or /nbproject/ or /.project or /.settings/
ftp-settings | CWE-538 | 2026-11-22 | block 85 | path$/sftp-config.json or /sftp.json or /.ftpconfig or /.remote-sync.json or /ftpsync.settings or /.ftpquota or /filezilla.xml or /sitemanager.xml or /recentservers.xml or /ws_ftp.ini or /winscp.ini
desktop-files | CWE-538 | 2026-11-22 | block 75 | path$/.ds_store

# Secrets
environment-file | CWE-538 | 2026-11-22 | block 90 | path$/.env or /.env.local or /.env.production or /.env.prod or /.env.dev or /.env.development or /.env.stage or /.env.staging or /.env.test or /.env.bak or /.env.backup or /.env.old or /.env.save or /.env.example or /.env.sample or /.env~ or /.env.live or /.env.swp or /.env.docker or /.env.php or /.env.json or /.env.txt or /.env_old or /.env.1
environment-file-named | CWE-538 | 2026-11-22 | block 75 | path$/app.env or /prod.env or /production.env or /config.env or /api.env or /docker.env or /local.env
shell-history | CWE-538 | 2026-11-22 | block 90 | path$/.bash_history or /.zsh_history or /.mysql_history or /.psql_history or /.sh_history or /.python_history or /.node_repl_history or /.rediscli_history
shell-profile | CWE-538 | 2026-11-22 | block 85 | path$/.bashrc or /.bash_profile or /.profile or /.zshrc or /.bash_logout
ssh-keys | CWE-538 | 2026-11-22 | block 90 | path~/.ssh/ or /id_rsa or /id_dsa or /id_ed25519 or /id_ecdsa or /authorized_keys or /known_hosts
private-keys | CWE-538 | 2026-11-22 | block 80 | path$/server.key or /privatekey.key or /private.key or /private.pem or /privkey.pem or /ssl.key or /localhost.key or /host.key or /jwt.key or /key.pem or /jwtrs256.key
aws-credentials | CWE-538 | 2026-11-22 | block 90 | path~/.aws/credentials or /.aws/config or /.aws/ or /aws-credentials or /aws.yml or /.boto or /.s3cfg or /.passwd-s3fs
cloud-credentials | CWE-538 | 2026-11-22 | block 90 | path~/.azure/accesstokens or /.azure/azureprofile or /.config/gcloud/ or /gcloud/credentials or /application_default_credentials.json or /.kube/config or /.docker/config.json or /.dockercfg or /service-account.json or /serviceaccountkey.json or /gcp-credentials.json or /firebase-adminsdk or /.terraform/ or /terraform.tfstate or /terraform.tfvars or /.oci/config or /.bluemix/ or /.s3cfg
package-credentials | CWE-538 | 2026-11-22 | block 85 | path$/.npmrc or /.pypirc or /.netrc or /_netrc or /.yarnrc or /.m2/settings.xml or /.gem/credentials or /.composer/auth.json or /auth.json.bak or /.cargo/credentials
password-files | CWE-538 | 2026-11-22 | block 90 | path$/.htpasswd or /.htpasswds or /.pgpass or /.my.cnf or /passwords.txt or /passwd.txt or /credentials.txt or /credentials.json.bak or /.mylogin.cnf or /secrets.yml or /secrets.json.bak
access-files | CWE-538 | 2026-11-22 | block 80 | path$/.htaccess or /.htaccess.bak or /.htaccess.old or /web.config.bak or /web.config.old or /web.config.txt or /.user.ini or /.htgroup
dot-config | CWE-538 | 2026-11-22 | block 75 | path$/.config.php or /.config.yml or /.config/config.php or /.credentials or /.secrets or /.passwd or /.vault-token or /.esmtprc or /.msmtprc or /.muttrc
web-config | CWE-538 | 2026-11-22 | flag 60 | path$/web.config or /app.config or /appsettings.development.json or /appsettings.production.json

# Settings with secrets of applications
wordpress-settings | CWE-530 | 2026-11-22 | block 85 | path~/wp-config.php~ or /wp-config.php. or /wp-config.bak or /wp-config.txt or /wp-config.old or /wp-config.inc or /wp-config.save or /wp-config-backup or /.wp-config or /wp-config.phpb or /wp-config.php_ or /wp-config.orig or /wp-config.php- or /wp-config_ or /wp-config.zip or /#wp-config.php#
wordpress-settings-itself | CWE-425 | 2026-11-22 | block 75 | path$/wp-config.php or /wp-config-sample.php
php-settings-copies | CWE-530 | 2026-11-22 | block 80 | path$/config.php.bak or /config.php.old or /config.php~ or /config.php.save or /config.php.swp or /config.php.txt or /configuration.php.bak or /configuration.php~ or /configuration.php.old or /configuration.php.txt or /settings.php.bak or /settings.php~ or /settings.php.old or /config.inc.php.bak or /config.inc.php~ or /localsettings.php.bak or /localsettings.php~ or /database.php.bak or /db.php.bak or /index.php.bak or /index.php~ or /index.php.swp or /.index.php.swp or /.config.php.swp
framework-settings | CWE-538 | 2026-11-22 | block 80 | path$/config/database.yml or /config/secrets.yml or /config/master.key or /config/credentials.yml.enc or /app/etc/local.xml or /app/etc/env.php or /config/parameters.yml or /app/config/parameters.yml or /sites/default/settings.php or /protected/config/main.php or /bootstrap/cache/config.php or /storage/logs/laravel.log or /config/prod.secret.exs or /symfony/.env
java-settings | CWE-538 | 2026-11-22 | block 85 | path~/web-inf/web.xml or /web-inf/classes/ or /web-inf/lib/ or /web-inf/applicationcontext or /meta-inf/context.xml or /meta-inf/maven/ or /web-inf/database.properties or /web-inf/config
spring-settings | CWE-538 | 2026-11-22 | flag 60 | path$/application.properties or /application.yml or /bootstrap.yml or /application-prod.yml or /application-dev.yml
system-files | CWE-552 | 2026-11-22 | block 90 traversal | path~/etc/passwd or /etc/shadow or /proc/self/environ or /proc/self/cmdline or /proc/version or /windows/win.ini or /winnt/win.ini or /boot.ini or /windows/system32/
python-settings | CWE-538 | 2026-11-22 | flag 60 | path$/settings.py or /local_settings.py or /config.py or /wsgi.py or /manage.py
`,
  `
# Backups and dumps
database-dumps | CWE-530 | 2026-11-22 | block 80 | path$/dump.sql or /backup.sql or /database.sql or /db.sql or /mysql.sql or /data.sql or /site.sql or /wordpress.sql or /users.sql or /dump.sql.gz or /backup.sql.gz or /database.sql.gz or /db.sql.gz or /mysqldump.sql or /localhost.sql or /dbdump.sql or /wp.sql or /www.sql or /sql.sql or /db_backup.sql or /backup.sql.zip or /dump.tar.gz or /db.sqlite3 or /dump.rdb or /backup.bak or /dump.bak
archives | CWE-530 | 2026-11-22 | block 75 | path$/backup.zip or /backup.tar.gz or /backup.tar or /backup.rar or /backup.tgz or /backup.7z or /www.zip or /www.tar.gz or /www.rar or /wwwroot.zip or /wwwroot.rar or /public_html.zip or /public_html.tar.gz or /htdocs.zip or /website.tar.gz or /webroot.zip or /backups.zip or /full_backup.zip or /db.zip or /sql.zip
backup-folders | CWE-530 | 2026-11-22 | flag 50 | path$/bak/ or /bkp/ or /db_backup/ or /_backup/
wordpress-backups | CWE-530 | 2026-11-22 | block 75 | path~/wp-content/backup-db/ or /wp-content/backups/ or /wp-content/ai1wm-backups/ or /wp-content/updraft/ or /wp-content/uploads/backupbuddy_backups/ or /wp-content/mysql.sql or /wp-content/uploads/dump.sql or /wp-snapshots/
wordpress-log | CWE-532 | 2026-11-22 | block 75 | path~/wp-content/debug.log
installers | CWE-425 | 2026-11-22 | flag 60 | path$/installer.php or /dup-installer/main.installer.php or /installer-backup.php or /wp-admin/setup-config.php or /install.php.bak
logs | CWE-532 | 2026-11-22 | block 75 | path$/error_log or /error.log or /access.log or /access_log or /debug.log or /logs/error.log or /logs/access.log or /npm-debug.log or /php_errors.log or /php_error.log or /sftp.log or /ftp.log
core-dumps | CWE-528 | 2026-11-22 | block 75 | path$/core.dump or /heapdump.hprof or /dump.hprof or /crash.dmp

# What servers and frameworks say about themselves
heap-dump | CWE-215 | 2026-11-22 | block 90 | path~/actuator/heapdump or /heapdump.json or /actuator/;/heapdump or /manage/heapdump or /management/heapdump
actuator-secrets | CWE-215 | 2026-11-22 | block 80 | path~/actuator/env or /actuator/jolokia or /actuator/logfile or /actuator/threaddump or /actuator/httptrace or /actuator/configprops or /actuator/dump or /actuator/shutdown
actuator | CWE-215 | 2026-11-22 | flag 55 | path$/actuator or /actuator/ or /actuator/auditevents or /actuator/sessions or /actuator/gateway/routes or /actuator/trace or /actuator/beans or /actuator/mappings or /actuator/restart or /actuator/refresh
jolokia-exec | CWE-749 | 2026-11-22 | block 75 | path~/jolokia/exec/ or /jolokia/write/
jolokia | CWE-215 | 2026-11-22 | flag 55 | path~/jolokia/list or /jolokia/search or /jolokia/version
server-status | CWE-497 | 2026-11-22 | block 75 | path$/server-status or /server-info or /nginx_status or /server-status/ or /stub_status or /fpm-status or /php-fpm-status
phpinfo | CWE-497 | 2026-11-22 | block 75 | path$/phpinfo.php or /php_info.php or /pinfo.php or /test_phpinfo.php or /phpinfo or /infophp.php or /php-info.php or /_phpinfo.php or /_profiler/phpinfo or /phpversion.php
phpinfo-perhaps | CWE-497 | 2026-11-22 | flag 55 | path$/info.php or /php.php or /test.php
profilers-perhaps | CWE-489 | 2026-11-22 | flag 55 | path~/debug/pprof/ or /rails/info/ or /telescope/requests
profilers | CWE-489 | 2026-11-22 | block 75 | path~/_profiler/ or /_wdt/ or /app_dev.php or /frontend_dev.php or /debug/default/view or /_debugbar/open or /elmah.axd or /trace.axd or /__clockwork/ or /gii/default
debug-console | CWE-489 | 2026-11-22 | block 80 cmdi | query~__debugger__=yes & query~cmd=
debug-vars | CWE-215 | 2026-11-22 | flag 55 | path$/debug/vars or /heapdump
status-of-iis | CWE-497 | 2026-11-22 | block 75 | path~/_vti_bin/shtml or /_vti_pvt/service.pwd or /_vti_pvt/users.pwd or /_vti_pvt/administrators.pwd or /_vti_bin/_vti_aut/author.dll or /_vti_inf.html or /msadc/msadcs.dll or /iisadmpwd/

# Back ends and tools that should not be on the internet
composer-files | CWE-538 | 2026-11-22 | flag 55 | path$/composer.json or /composer.lock or /package-lock.json or /yarn.lock or /gemfile.lock or /pipfile.lock or /docker-compose.yml or /docker-compose.yaml or /dockerfile or /vagrantfile or /jenkinsfile or /procfile or /makefile
vendor-folder | CWE-425 | 2026-11-22 | block 75 | path~/vendor/composer/installed.json or /vendor/composer/autoload or /vendor/autoload.php or /vendor/phpunit/ or /vendor/bin/
phpunit | CVE-2017-9841 | 2017-06-27 | block 95 cmdi | path~/phpunit/src/util/php/eval-stdin.php or /util/php/eval-stdin.php or /phpunit/util/php/eval-stdin.php or /eval-stdin.php
phpmyadmin | CWE-425 | 2026-11-22 | flag 60 | path~/phpmyadmin/ or /pma/ or /mysqladmin/ or /phpmyadmin2/ or /dbadmin/ or /myadmin/ or /sqladmin/ or /php-my-admin/ or /phpmy/ or /mysql-admin/ or /sqlweb/ or /websql/
phpmyadmin-setup | CWE-425 | 2026-11-22 | block 80 | path~/phpmyadmin/scripts/setup.php or /pma/scripts/setup.php or /myadmin/scripts/setup.php or /phpmyadmin/setup/index.php or /scripts/setup.php or /w00tw00t.at.
adminer | CWE-425 | 2026-11-22 | flag 60 | path~/adminer.php or /adminer- or /adminer/
java-consoles | CWE-425 | 2026-11-22 | flag 60 | path$/manager/html or /host-manager/html or /manager/text/list or /jmx-console/ or /web-console/ or /admin-console/ or /jmx-console or /web-console or /invoker/jmxinvokerservlet or /manager/status
druid-console | CWE-425 | 2026-11-22 | block 75 | path~/druid/index.html or /druid/websession or /druid/datasource.html or /druid/sql.html or /druid/weburi.html
script-consoles | CWE-425 | 2026-11-22 | flag 60 | path$/scripttext or /jenkins/script or /hudson/script or /jenkins/scripttext
h2-console | CWE-425 | 2026-11-22 | flag 60 | path~/h2-console/login.do or /h2-console or /h2/console
docker-api | CWE-306 | 2026-11-22 | flag 60 | path$/containers/json or /containers/create or /images/json & path^/v1. or /containers/ or /images/
kubernetes-api | CWE-306 | 2026-11-22 | flag 60 | path~/api/v1/namespaces/kube-system/secrets or /api/v1/secrets or /api/v1/namespaces/default/pods or /runningpods/
solr-admin | CWE-425 | 2026-11-22 | flag 55 | path~/solr/admin/cores or /solr/admin/info/system or /solr/admin/collections

# Shells left behind by others
web-shells | CWE-506 | 2026-11-22 | block 85 | path$/c99.php or /r57.php or /b374k.php or /wso.php or /wso2.php or /alfa.php or /alfacgiapi/perl.alfa or /shell.php or /cmd.php or /webshell.php or /backdoor.php or /simple-backdoor.php or /alfashell.php or /indoxploit.php or /0byte.php or /leaf.php or /leafmailer.php or /xleet.php or /wp-conflg.php or /wp-2019.php or /wso112233.php or /phpspy.php or /antichat.php or /c100.php or /gel4y.php or /marijuana.php or /r00t.php or /0x1949.php or /wp-content/uploads/shell.php
web-shells-asp | CWE-506 | 2026-11-22 | block 85 | path$/cmdasp.asp or /cmdasp.aspx or /cmd.asp or /cmd.aspx or /shell.asp or /shell.aspx or /aspxspy.aspx or /webshell.aspx or /chopper.aspx or /antsword.aspx or /human2.aspx or /spinstall0.aspx or /spinstall.aspx or /spinstall1.aspx
web-shells-jsp | CWE-506 | 2026-11-22 | block 85 | path$/cmd.jsp or /shell.jsp or /cmdjsp.jsp or /jspspy.jsp or /behinder.jsp or /tomcatwar.jsp or /webshell.jsp or /cmd.war or /shell.jspx
php-in-uploads | CWE-506 | 2026-11-22 | flag 65 | path~/wp-content/uploads/ or /sites/default/files/ or /pub/media/ or /images/stories/ & path$.php or .phtml or .php5 or .phar
php-in-well-known | CWE-506 | 2026-11-22 | block 75 | path~/.well-known/ & path$.php
cgi-shells | CWE-78 | 2026-11-22 | block 90 cmdi | path~/cgi-bin/sh or /cgi-bin/bash or /cgi-bin/php-cgi or /cgi-bin/perl.exe or /cgi-bin/cmd.exe or /cgi-bin/phpinfo or /bin/sh or /bin/bash or /cgi-bin/php5 or /cgi-bin/php4 or /cgi-bin/php.cgi or /scripts/cmd.exe or /scripts/root.exe or /cgi-bin/test-cgi or /cgi-bin/printenv or /cgi-bin/phf or /cgi-bin/htsearch or /cgi-bin/nph-test-cgi or /cgi-bin/formmail
tunnel-proxies | CWE-441 | 2026-11-22 | block 75 ssrf | path~/proxyheader.php or /azenv.php or /proxyjudge
`,
];
