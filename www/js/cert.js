/* Years, one line per certificate, and the fee that follows. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  ZY.ready(function () {
    const lines = $('#lines');
    let kinds = [];
    let old = false;    /* the certificates were picked on their own page */

    function years() {
      const on = $('[name=years]:checked');
      return on ? +on.value : 0;
    }
    function items() {
      return ZY.$$('.line', lines).map(function (line) {
        const on = $('[type=radio]:checked', line);
        const name = ZY.rules.unit($('[type=text]', line).value).value;
        return { seal_kind: kinds.length === 1 ? kinds[0].code : on ? on.value : null, seal_name: name || null };
      });
    }
    const price = ZY.debounce(function () {
      const y = years() || 1;
      const n = old ? (ZY.kase.items || []).length || 1 : lines.children.length;
      ZY.api('GET', '/api/quote?service=' + ZY.kase.service + '&holder=' + ZY.kase.holder + '&years=' + y + '&count=' + n).then(function (r) {
        if (y !== (years() || 1) || (!old && n !== lines.children.length)) { return; }
        $('#fee-sum').textContent = (years() ? '' : ZY.t('cert.year', { n: y }) + ' ') + ZY.t('cert.fee', { sum: ZY.fmt.fee(r.data.total_fen) });
        const ul = ZY.clear($('#fee-lines'));
        r.data.lines.forEach(function (l) {
          ul.appendChild(ZY.el('li', { text: ZY.t('cert.fee.line', { text: l.text, unit: ZY.fmt.money(l.unit_fen), count: l.count, sum: ZY.fmt.money(l.sum_fen) }) }));
        });
      }, function () { $('#fee-sum').textContent = '–'; });
    }, 200);

    function number() {
      ZY.$$('.line', lines).forEach(function (line, i) {
        const input = $('[type=text]', line);
        ZY.text(line, 'legend', ZY.t('cert.item', { n: i + 1 }));
        input.id = 'items-' + i + '-seal_name';
        input.name = 'items.' + i + '.seal_name';
        $('label', input.parentNode).setAttribute('for', input.id);
        ZY.$$('[type=radio]', line).forEach(function (r, k) {
          r.name = 'items.' + i + '.seal_kind';
          r.id = 'items-' + i + '-seal_kind' + (k ? '-' + (k + 1) : '');
          r.nextSibling.setAttribute('for', r.id);
        });
        const del = $('button', line);
        del.textContent = ZY.t('cert.remove', { n: i + 1 });
        ZY.show(del, lines.children.length > 1);
      });
      price();
    }
    function add(item) {
      const line = ZY.tpl('t-line');
      const kindBox = $('.kinds', line);
      if (kinds.length > 1) {
        const fld = ZY.el('div', { class: 'fld' }, [ZY.el('fieldset', {}, [ZY.el('legend', { text: ZY.t('cert.kind') }), ZY.el('div', { class: 'opts-2' })])]);
        kinds.forEach(function (k) {
          const r = ZY.el('input', { type: 'radio', value: k.code });
          r.checked = Boolean(item && item.seal_kind === k.code);
          $('.opts-2', fld).appendChild(ZY.el('div', { class: 'opt' }, [r, ZY.el('label', { text: k.name })]));
        });
        kindBox.appendChild(fld);
      } else {
        kindBox.parentNode.removeChild(kindBox);
      }
      $('[type=text]', line).value = item && item.seal_name || (ZY.kase.unit && ZY.kase.unit.name) || '';
      $('button', line).addEventListener('click', function () {
        const next = line.nextElementSibling || line.previousElementSibling;
        lines.removeChild(line);
        number();
        ZY.markDirty('*');
        if (next) { $('[type=text]', next).focus(); }
      });
      lines.appendChild(line);
      number();
      return line;
    }

    $('#add').addEventListener('click', function () {
      if (lines.children.length >= 20) { ZY.say(ZY.t('cert.max')); return; }
      $('[type=text]', add(null)).focus();
      ZY.markDirty('*');
    });

    ZY.sectionForm({
      before: function (kase) {
        old = ZY.aboutOld(ZY.route);
        ZY.show($('#lines-own'), !old);
        const holder = ZY.cat.holders.filter(function (h) { return h.code === kase.holder; })[0];
        kinds = (holder && holder.seal_kinds || ['unit']).map(function (c) { return { code: c, name: ZY.nameOf(ZY.cat.seal_kinds, c) }; });
        ZY.radios($('#years-box'), 'years', [1, 2, 3, 4, 5].map(function (n) { return { code: n, name: ZY.t('cert.year', { n: n }) }; }), true);
      },
      fill: function (kase) {
        ZY.clear(lines);
        if (old) { price(); return; }
        (kase.items && kase.items.length ? kase.items : [null]).forEach(add);
        price();
      },
      changed: function (c) { if (c.name === 'years') { price(); } },
      collect: function (patch, faults) {
        if (typeof patch.years === 'string') {
          patch.years = +patch.years;
          if (patch.years === ZY.kase.years) { delete patch.years; }
        }
        if (old) { return Boolean(patch.years); }
        const list = items();
        if (faults) {
          list.forEach(function (item, i) {
            if (!item.seal_kind) { faults.push({ pointer: '#/items/' + i + '/seal_kind', detail: ZY.t('must.choice', { label: ZY.t('cert.kind') }) }); }
            if (!item.seal_name) { faults.push({ pointer: '#/items/' + i + '/seal_name', detail: ZY.t('must.text', { label: ZY.t('cert.name', { n: i + 1 }) }) }); }
          });
        }
        const was = (ZY.kase.items || []).map(function (i) { return { seal_kind: i.seal_kind || null, seal_name: i.seal_name || null }; });
        if (JSON.stringify(list) !== JSON.stringify(was)) { patch.items = list; }
        return Boolean(patch.items || patch.years);
      }
    });
  });
}(window.ZY));
