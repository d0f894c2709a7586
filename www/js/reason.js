/* Two short pages: why a certificate is reissued or revoked, and what of it changes, before and after.  Choices are the
 * catalogue's. */
'use strict';
(function (ZY) {
  const $ = ZY.$;

  function reasons(kase) {
    const rows = (ZY.cat.causes || []).filter(function (c) { return c.services.indexOf(kase.service) >= 0; });
    ZY.radios($('#causes'), 'reason', rows, true);
    ZY.$$('[name=reason]').forEach(function (r) { r.checked = r.value === kase.reason; });
    function side() {
      const on = $('[name=reason]:checked');
      ZY.show($('#lost'), Boolean(on && (on.value === 'lost' || on.value === 'leaked')));
    }
    $('#section').addEventListener('change', side);
    side();
    ZY.onSubmit($('#section'), function () {
      const on = $('[name=reason]:checked');
      if (!on) { ZY.errors.show([{ pointer: '#/reason', detail: ZY.t('reason.need') }]); return null; }
      return ZY.patch({ reason: on.value }).then(function () { location.assign(ZY.onward()); });
    });
  }

  /* Where an item of change lies in the case. */
  const PLACE = { name: 'unit.name', address: 'unit.address', person_name: 'person.name', seal: 'items.0.seal_name' };
  /* The form is Chinese, so what is kept for it is. */
  const SEP = '\uff1b';
  const COLON = '\uff1a';

  function part(text, name) {
    const head = name + COLON;
    const hit = String(text || '').split(SEP).filter(function (p) { return p.indexOf(head) === 0; })[0];
    return hit ? hit.slice(head.length) : '';
  }
  function changes(kase) {
    const rows = (ZY.cat.change_items || []).filter(function (c) { return c.holders.indexOf(kase.holder) >= 0; });
    const was = kase.change || {};
    const had = was.items || [];
    const nodes = {};
    rows.forEach(function (c, i) {
      const id = 'change-items' + (i ? '-' + (i + 1) : '');
      const input = ZY.el('input', { type: 'checkbox', id: id, name: 'change.items', value: c.code });
      input.checked = had.indexOf(c.code) >= 0;
      $('#items').appendChild(ZY.el('div', { class: 'opt' }, [input, ZY.el('label', { for: id, text: ZY.itemName(c.code) })]));
      const node = nodes[c.code] = ZY.tpl('t-part');
      const text = ZY.$$('input', node);
      const label = ZY.$$('label', node);
      ZY.text(node, 'legend', ZY.itemName(c.code));
      ['before', 'after'].forEach(function (k, n) {
        text[n].id = 'change-' + k + '-' + c.code;
        label[n].setAttribute('for', text[n].id);
        text[n].value = part(was[k], c.name);
      });
      if (!text[0].value && !input.checked) { text[0].value = ZY.get(kase, PLACE[c.code]) || ''; }
      $('#parts').appendChild(node);
      ZY.show(node, input.checked);
      input.addEventListener('change', function () { ZY.show(node, input.checked); });
    });
    ZY.onSubmit($('#section'), function () {
      const faults = [];
      const patch = { change: { items: [], before: [], after: [] } };
      let items = null;
      function set(code, value) {
        if (code === 'seal') {
          if (kase.items.length === 1) { items = [Object.assign({}, kase.items[0], { seal_name: value })]; }
        } else if (PLACE[code]) { ZY.put(patch, PLACE[code], value); }
      }
      rows.forEach(function (c) {
        const text = ZY.$$('input', nodes[c.code]).map(function (n) { return n.value.trim().split(SEP).join('\uff0c'); });
        if (nodes[c.code].hidden) {
          if (had.indexOf(c.code) >= 0 && text[0]) { set(c.code, text[0]); }
          return;
        }
        ['before', 'after'].forEach(function (k, n) {
          if (!text[n]) { faults.push({ pointer: '#/change/' + k + '/' + c.code, detail: ZY.t('change.need.' + k, { name: c.name }) }); }
          patch.change[k].push(c.name + COLON + text[n]);
        });
        if (text[0] && text[0] === text[1]) { faults.push({ pointer: '#/change/after/' + c.code, detail: ZY.t('change.same', { name: c.name }) }); }
        patch.change.items.push(c.code);
        set(c.code, text[1]);
      });
      if (!patch.change.items.length) { faults.push({ pointer: '#/change/items', detail: ZY.t('change.need') }); }
      if (faults.length) { ZY.errors.show(faults); return null; }
      patch.change.before = patch.change.before.join(SEP);
      patch.change.after = patch.change.after.join(SEP);
      if (items) { patch.items = items; }
      return ZY.patch(patch).then(function () { location.assign(ZY.onward()); });
    });
  }

  ZY.ready(function () {
    ZY.withCase(function (kase) {
      if ($('#causes')) { reasons(kase); } else { changes(kase); }
      if (!ZY.editable(kase)) { ZY.lock($('#section')); return; }
      if (kase.form && kase.form.version > 0 && kase.form.current) {
        $('#section').parentNode.insertBefore(ZY.el('div', { class: 'box box-warn' }, [ZY.el('p', { text: ZY.t('check.void', { n: kase.form.version }) })]), $('#section'));
      }
    });
  });
}(window.ZY));
