/* The desktop's side of sending by phone: under a material's buttons a QR code that the phone opens, and what arrives. */
'use strict';
(function (ZY) {
  const $ = ZY.$;

  ZY.relay = function (kase, material, node, files) {
    const at = '/api/applications/' + kase.no + '/relay';
    const mine = at + '/' + material.code;
    const memory = 'relay.' + kase.no + '.' + material.code;
    let panel = null;
    let made = null;
    let stop = null;
    let last = '';

    function part(name, kids) { return ZY.el('div', { class: name }, kids); }
    function button(key, fn) {
      const b = ZY.el('button', { type: 'button', class: 'btn btn-s btn-2' }, [ZY.t(key), ZY.vh(ZY.t('up.for', { name: material.name }))]);
      ZY.onPress(b, fn);
      return b;
    }
    function picture() {
      return ZY.el('img', { class: 'relay-qr', width: 232, height: 232, alt: ZY.t('relay.img', { name: material.name }),
        src: 'data:image/svg+xml,' + encodeURIComponent(made.qr) });
    }
    function how() {
      const code = made.code.replace(/(.{5})(?=.)/g, '$1 ');
      return part('relay-how', [
        ZY.el('ol', {}, ['relay.1', 'relay.2', 'relay.3'].map(function (k) { return ZY.el('li', { text: ZY.t(k, { pair: made.pair }) }); })),
        ZY.el('p', { text: ZY.t('relay.until', { time: ZY.fmt.time(made.expires) }) }),
        ZY.el('p', { class: 'small' }, [ZY.t('relay.type', { url: made.url.split('#')[0] }), ' ', ZY.el('span', { class: 'code', text: code })])]);
    }
    function status(s) {
      const got = s.received ? ZY.t('relay.received', { n: s.received }) : '';
      if (s.state === 'ended') { return ZY.t('relay.why.' + s.why) + (got && got + ZY.t('stop')); }
      if (s.state !== 'connected') { return ZY.t('relay.waiting'); }
      return (got || ZY.t('relay.connected')) + (s.sending ? ZY.t('relay.sending', { n: s.sending }) : '');
    }
    function copy() {
      return ZY.copy(made.url).then(function (ok) { ZY.say(ZY.t(ok ? 'copied' : 'copy.failed', { text: made.url })); });
    }
    function show(s) {
      if (!panel) {
        panel = ZY.el('div', { class: 'box box-grey relay', role: 'group', 'aria-label': ZY.t('relay.h') }, [
          ZY.el('p', { class: 'relay-now', role: 'status' }), part('relay-code'), part('relay-do')]);
        $('.pick', node).parentNode.insertBefore(panel, $('.pick', node).nextSibling);
      }
      const now = status(s);
      const line = $('.relay-now', panel);
      if (line.textContent !== now) { line.textContent = now; }
      line.classList.toggle('on', s.state === 'connected');
      if (s.state === last) { return; }
      last = s.state;
      const code = ZY.clear($('.relay-code', panel));
      const row = ZY.clear($('.relay-do', panel));
      if (s.state === 'waiting' && made) {
        code.appendChild(picture());
        code.appendChild(how());
        row.appendChild(button('relay.copy', copy));
      }
      row.appendChild(button(s.why === 'phone' ? 'relay.more' : 'relay.again', begin));
      if (s.state !== 'ended') { row.appendChild(button('relay.end', end)); }
    }

    /* Asked every few seconds; what changes begins the quick steps anew. */
    function watch() {
      let was = null;
      if (stop) { stop(); }
      stop = ZY.poll(function () {
        return ZY.api('GET', mine, { quiet: true }).then(function (r) {
          const now = [r.data.state, r.data.received, r.data.sending].join();
          const over = r.data.state === 'ended';
          const changed = was !== null && now !== was;
          if (now !== was && r.data.received) { files.refresh().catch(function () { /* looked at again with the next change */ }); }
          was = now;
          show(r.data);
          if (over) { ZY.forget(memory); } else if (changed) { watch(); }
          return over || changed;
        });
      }, function () {
        ZY.text(panel, '.relay-now', ZY.t('relay.pause'));
        ZY.clear($('.relay-do', panel)).appendChild(button('relay.look', function () { last = ''; watch(); }));
      });
    }
    function begin() {
      return ZY.api('POST', at, { body: { material: material.code } }).then(function (r) {
        made = r.data;
        last = '';
        ZY.remember(memory, '1');
        show(made);
        panel.scrollIntoView({ block: 'nearest' });
        watch();
      });
    }
    function end() {
      return ZY.api('DELETE', mine).then(function () {
        made = null;
        if (stop) { stop(); }
        ZY.forget(memory);
        return ZY.api('GET', mine);
      }).then(function (r) { show(r.data); });
    }

    const start = ZY.el('button', { type: 'button', class: 'btn btn-2' }, [ZY.t('relay.button'), ZY.vh(ZY.t('up.for', { name: material.name }))]);
    $('.pick', node).appendChild(start);
    ZY.onPress(start, begin);
    /* The page was loaded again while a phone is at work. */
    if (ZY.recall(memory)) {
      ZY.api('GET', mine, { quiet: true }).then(function (r) {
        if (r.data.state === 'waiting' || r.data.state === 'connected') { show(r.data); watch(); } else { ZY.forget(memory); }
      }, function () { ZY.forget(memory); });
    }
  };
}(window.ZY));
