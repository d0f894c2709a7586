/* Checks of fields in the browser, by the same algorithms as the server's; the server decides.
 * ZY.rules.x(text) folds and checks: {value: folded, key: text key of the fault or '', params}. */
'use strict';
(function (ZY) {
  const BLANK = /^[\s\u3000\u200b-\u200d\ufeff]+|[\s\u3000\u200b-\u200d\ufeff]+$/g;
  const DOTS = /[\u2022\u30fb\uff0e\u2027\u2219]/g;

  ZY.points = function (text) { return Array.from(text); };
  ZY.trim = function (text) { return String(text === null || text === undefined ? '' : text).replace(BLANK, ''); };
  function narrow(text) {
    return text.replace(/[\uff01-\uff5e]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xfee0); });
  }
  /* Codes and numbers: half width, no blanks or hyphens, capitals. */
  ZY.code = function (text) { return narrow(ZY.trim(text)).replace(/[\s\u3000-]/g, '').toUpperCase(); };

  function right(value) { return { value: value, key: '', params: null }; }
  function wrong(value, key, params) { return { value: value, key: key, params: params || null }; }

  const USCC = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const USCC_W = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
  function uscc(text) {
    const v = ZY.code(text);
    const chars = ZY.points(v);
    if (chars.length !== 18) { return wrong(v, 'check.uscc_length', { n: chars.length }); }
    let sum = 0;
    for (let i = 0; i < 18; i += 1) {
      const at = USCC.indexOf(chars[i]);
      if (at < 0) { return wrong(v, 'check.uscc_char', { c: chars[i] }); }
      if (i < 17) { sum += at * USCC_W[i]; }
    }
    return USCC.indexOf(chars[17]) === (31 - sum % 31) % 31 ? right(v) : wrong(v, 'check.uscc_check');
  }

  const ID_W = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  function resident(text) {
    const v = ZY.code(text);
    const n = ZY.points(v).length;
    if (/^\d{15}$/.test(v)) { return wrong(v, 'check.id_old'); }
    if (n !== 18) { return wrong(v, 'check.id_length', { n: n }); }
    if (!/^\d{17}[\dX]$/.test(v)) { return wrong(v, 'check.id_char'); }
    const y = +v.slice(6, 10);
    const m = +v.slice(10, 12);
    const d = +v.slice(12, 14);
    const day = new Date(Date.UTC(y, m - 1, d));
    const today = ZY.today().replace(/-/g, '');
    if (day.getUTCFullYear() !== y || day.getUTCMonth() !== m - 1 || day.getUTCDate() !== d || v.slice(6, 14) > today) {
      return wrong(v, 'check.id_date');
    }
    let sum = 0;
    for (let i = 0; i < 17; i += 1) { sum += ID_W[i] * +v[i]; }
    return '10X98765432'[sum % 11] === v[17] ? right(v) : wrong(v, 'check.id_check');
  }

  function mobile(text) {
    let v = ZY.code(text);
    if (v.indexOf('+86') === 0) { v = v.slice(3); }
    if (v.indexOf('0086') === 0) { v = v.slice(4); }
    if (v.length === 13 && v.indexOf('86') === 0) { v = v.slice(2); }
    return /^1[3-9]\d{9}$/.test(v) ? right(v) : wrong(v, 'check.mobile');
  }
  function phone(text) {
    const m = mobile(text);
    if (!m.key) { return m; }
    const v = narrow(ZY.trim(text)).replace(/[\s\u3000]/g, '');
    return /^0\d{2,3}-?\d{7,8}(-\d{1,6})?$/.test(v) || /^[48]00-?\d{3}-?\d{4}$/.test(v) ? right(v) : wrong(v, 'check.phone');
  }
  function email(text) {
    const v = narrow(ZY.trim(text));
    return ZY.points(v).length <= 120 && /^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(v) ? right(v) : wrong(v, 'check.email');
  }
  function person(text) {
    const v = ZY.trim(text).replace(DOTS, '\u00b7').replace(/[\s\u3000]+/g, ' ');
    const n = ZY.points(v).length;
    return n < 2 || n > 50 || /[0-9\uff10-\uff19]/.test(v) ? wrong(v, 'check.person_name') : right(v);
  }
  function unit(text) {
    const v = ZY.trim(text).replace(/\(/g, '\uff08').replace(/\)/g, '\uff09');
    return ZY.points(v).length > 128 ? wrong(v, 'check.unit_name') : right(v);
  }
  function match(fold, re, key) {
    return function (text) {
      const v = fold(text);
      return re.test(v) ? right(v) : wrong(v, key);
    };
  }
  /* 1,400.00 → 140000 fen */
  function money(text) {
    const v = narrow(ZY.trim(text)).replace(/^[¥￥]\s*/, '').replace(/\s/g, '');
    const m = /^(\d{1,9}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,2}))?$/.exec(v);
    if (!m) { return wrong(v, 'check.money'); }
    const cents = m[2] ? (m[2] + '0').slice(0, 2) : '00';
    return right(parseInt(m[1].replace(/,/g, ''), 10) * 100 + parseInt(cents, 10));
  }
  function date(text) {
    const v = narrow(ZY.trim(text)).replace(/[/.\u5e74\u6708]/g, '-').replace(/\u65e5$/, '');
    const m = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(v);
    if (!m) { return wrong(v, 'check.date'); }
    const d = new Date(Date.UTC(+m[1], +m[2] - 1, +m[3]));
    const out = m[1] + '-' + ('0' + m[2]).slice(-2) + '-' + ('0' + m[3]).slice(-2);
    return d.getUTCMonth() === m[2] - 1 && d.getUTCDate() === +m[3] ? right(out) : wrong(v, 'check.date');
  }
  /* Case number: its last character is the ISO 7064 MOD 37,36 check. */
  function caseNo(text) {
    const v = ZY.code(text);
    if (!/^[0-9A-Z]{8,32}$/.test(v)) { return wrong(v, 'check.no'); }
    const set = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    let p = 36;
    for (let i = 0; i < v.length - 1; i += 1) {
      p = (p + set.indexOf(v[i])) % 36 || 36;
      p = 2 * p % 37;
    }
    return set[(37 - p) % 36] === v[v.length - 1] ? right(v) : wrong(v, 'check.no');
  }

  ZY.rules = {
    line: function (text) { return right(ZY.trim(text).replace(/[\r\n\t]+/g, ' ')); },
    uscc: uscc, resident: resident, mobile: mobile, phone: phone, email: email, person: person, unit: unit, money: money,
    date: date, no: caseNo,
    passport: match(ZY.code, /^[0-9A-Z]{5,20}$/, 'check.id_other'),
    account: match(ZY.code, /^\d{6,32}$/, 'check.account'),
    tax: match(ZY.code, /^[0-9A-Z]{15,20}$/, 'check.tax'),
    otp: match(ZY.code, /^\d{6}$/, 'check.otp')
  };

  /* Characters that a reader may not have in a font: [{char, code, own}] */
  ZY.rareIn = function (text) {
    const seen = {};
    return ZY.points(String(text || '')).filter(function (c) {
      const n = c.codePointAt(0);
      const rare = n >= 0x20000 || (n >= 0x3400 && n <= 0x4dbf) || (n >= 0x9fa6 && n <= 0x9fff) || (n >= 0xe000 && n <= 0xfaff);
      if (!rare || seen[c]) { return false; }
      seen[c] = true;
      return true;
    }).map(function (c) {
      const n = c.codePointAt(0);
      return { char: c, code: 'U+' + n.toString(16).toUpperCase(), own: (n >= 0xe000 && n <= 0xf8ff) || n >= 0xf0000 };
    });
  };
}(window.ZY));
