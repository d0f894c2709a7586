'use strict';
/* A certification authority on the openssl command line, and people with certificates of it who sign: another
 * implementation than the portal's.
 *   const a = new Authority('rsa');  (rsa p256 sm2)  a.trust()       its root, its issuing certificate and their lists, believed by the portal
 *   const who = a.person({ serial, O, CN })          key and certificate in files of its folder
 *   a.sign(who, text)                                detached CMS in Base64; not sm2, which openssl cannot
 *   a.certify(request, { serial, O, CN })            certificate (PEM) for the request of a token
 *   a.revoke(who); a.trust()                         on the list */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync, spawnSync } = require('node:child_process');
const env = require('./env');

const NEW = { rsa: ['-newkey', 'rsa:2048'], p256: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], sm2: ['-newkey', 'sm2'] };
/* SM2 signs with the user id of the Chinese convention, which openssl must be told wherever it signs or checks. */
const ID = 'distid:1234567812345678';
const HOW = { rsa: ['-sha256'], p256: ['-sha256'], sm2: ['-sm3', '-sigopt', ID] };

class Authority {
	constructor(algorithm = 'rsa', name = algorithm) {
		this.algorithm = algorithm;
		this.name = name;
		this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'authority-'));
		process.on('exit', () => fs.rmSync(this.dir, { recursive: true, force: true }));
		this.revoked = [];
		this.selfSigned('root', '/C=CN/O=示范认证机构/CN=示范根证书 ' + name);
		this.issue('ca', '/C=CN/O=示范认证机构/CN=示范运营证书 ' + name, 'root', 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n', '02');
	}

	file(name) {
		return path.join(this.dir, name);
	}

	openssl(...args) {
		return execFileSync('openssl', args, { cwd: this.dir, stdio: ['pipe', 'pipe', 'pipe'] });
	}

	/* strings: the kind that names are written in, as openssl's string_mask has it. */
	request(name, subject, strings = 'utf8only') {
		fs.writeFileSync(this.file('req.cnf'), `[req]\ndistinguished_name=dn\nstring_mask=${strings}\n[dn]\n`);
		this.openssl('req', '-config', 'req.cnf', ...NEW[this.algorithm], ...HOW[this.algorithm], '-nodes', '-utf8', '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.req`);
	}

	selfSigned(name, subject) {
		this.openssl('req', '-x509', ...NEW[this.algorithm], ...HOW[this.algorithm], '-nodes', '-utf8', '-days', '3650', '-set_serial', '0x01', '-subj', subject,
			'-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-keyout', `${name}.key`, '-out', `${name}.pem`);
	}

	issue(name, subject, by, extensions, serial, days = 3650, strings = undefined) {
		this.request(name, subject, strings);
		this.grant(name, by, extensions, serial, days);
	}

	/* more: further words, such as another subject than the request's. */
	grant(name, by, extensions, serial, days, more = []) {
		fs.writeFileSync(this.file(`${name}.ext`), extensions);
		this.openssl('x509', '-req', '-in', `${name}.req`, '-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-set_serial', '0x' + serial, '-days', String(days),
			...HOW[this.algorithm], ...(this.algorithm === 'sm2' ? ['-vfyopt', ID] : []), '-extfile', `${name}.ext`, '-out', `${name}.pem`, ...more);
	}

	/* The key is the request's; the subject is the authority's to say, which openssl does by a certificate of another key. */
	certify(request, { serial, O, CN, usage = 'digitalSignature,nonRepudiation', days = 300 }) {
		const name = `t${serial}`;
		const subject = '/C=CN/ST=广东省' + (O ? `/O=${O}` : '') + `/CN=${CN || O}`;
		fs.writeFileSync(this.file(`${name}.asked`), request);
		this.openssl('req', '-in', `${name}.asked`, '-verify', '-noout', ...(this.algorithm === 'sm2' ? ['-vfyopt', ID] : []));
		fs.writeFileSync(this.file(`${name}.pub`), this.openssl('req', '-in', `${name}.asked`, '-pubkey', '-noout'));
		this.request(name, subject);
		this.grant(name, 'ca', `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,${usage}\n`, serial, days, ['-force_pubkey', `${name}.pub`]);
		return fs.readFileSync(this.file(`${name}.pem`), 'utf8');
	}

	/* O: one name or several.  usage: of the key; days may be small, never negative (openssl refuses). */
	person({ serial, O, CN, usage = 'digitalSignature,nonRepudiation', days = 300, extra = '', strings = undefined }) {
		const name = `p${serial}`;
		const subject = '/C=CN/ST=广东省' + [].concat(O || []).map((o) => `/O=${o}`).join('') + `/CN=${CN || [].concat(O)[0]}`;
		this.issue(name, subject, 'ca', `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,${usage}\n${extra}`, serial, days, strings);
		return { name, serial, authority: this };
	}

	list(by, revoked = []) {
		const conf = `[ca]\ndefault_ca=d\n[d]\ndatabase=${by}.index\ncrlnumber=${by}.number\ndefault_md=${this.algorithm === 'sm2' ? 'sm3' : 'sha256'}\ndefault_crl_days=30\n`;
		const stamp = '260101000000Z';
		fs.writeFileSync(this.file(`${by}.cnf`), conf);
		fs.writeFileSync(this.file(`${by}.number`), '01\n');
		fs.writeFileSync(this.file(`${by}.index`), revoked.map((serial) => `R\t350101000000Z\t${stamp},keyCompromise\t${serial}\tunknown\t/CN=x\n`).join(''));
		this.openssl('ca', '-config', `${by}.cnf`, '-gencrl', '-cert', `${by}.pem`, '-keyfile', `${by}.key`, '-out', `${by}.crl`,
			...(this.algorithm === 'sm2' ? ['-sigopt', ID] : []));
	}

	revoke(who) {
		this.revoked.push(who.serial);
	}

	/* As the keeper of the portal does: written beside, then renamed. */
	trust() {
		this.list('root');
		this.list('ca', this.revoked);
		const put = (folder, name, from) => {
			const dir = path.join(env.varDir, 'trust', folder);
			fs.mkdirSync(dir, { recursive: true });
			fs.copyFileSync(this.file(from), path.join(dir, `${name}.new`));
			fs.renameSync(path.join(dir, `${name}.new`), path.join(dir, `${name}.pem`));
		};
		put('anchors', this.name, 'root.pem');
		put('intermediates', this.name, 'ca.pem');
		put('crls', `${this.name}-root`, 'root.crl');
		put('crls', `${this.name}-ca`, 'ca.crl');
	}

	distrust(folder, name) {
		fs.rmSync(path.join(env.varDir, 'trust', folder, `${name}.pem`), { force: true });
	}

	/* more: further words for the command, such as ['-md', 'sha1']. */
	sign(who, text, more = []) {
		const r = spawnSync('openssl', ['cms', '-sign', '-binary', '-signer', `${who.name}.pem`, '-inkey', `${who.name}.key`, '-outform', 'DER',
			...(more.includes('-md') ? [] : ['-md', 'sha256']), ...more], { cwd: this.dir, input: text });
		assert.equal(r.status, 0, String(r.stderr));
		return r.stdout.toString('base64');
	}
}

module.exports = { Authority };
