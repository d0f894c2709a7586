/* One sheet each: what to bring to the counter, and that the application has been received. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const SCANNED = ['uploaded', 'pass', 'waive'];

  function head(kase, more) {
    const dl = $('#head');
    [['paper.no', kase.no, 'code'], ['paper.kind', ZY.route && ZY.route.title], ['certs.unit', kase.holder !== 'ind' && kase.unit && kase.unit.name],
      ['client.person', kase.holder !== 'org' && kase.person && kase.person.name],
      ['paper.agent', kase.holder !== 'ind' && kase.agent && kase.agent.name],
      ['paper.count', kase.items.length ? ZY.t('paper.count.n', { n: kase.items.length }) : ''],
      ['paper.amount', typeof kase.amount_fen === 'number' ? ZY.fmt.fee(kase.amount_fen) : '']].concat(more).forEach(function (r) {
      if (r[1]) { dl.appendChild(ZY.el('div', {}, [ZY.el('dt', { text: ZY.t(r[0]) }), ZY.el('dd', { class: r[2] || '', text: r[1] })])); }
    });
  }
  function ofRoute(code) {
    return (ZY.route && ZY.route.materials || []).filter(function (m) { return m.code === code; })[0] || {};
  }
  function tr(name, cells) {
    return ZY.el('tr', {}, [ZY.el('th', { scope: 'row', text: name })].concat(cells.map(function (c) { return ZY.el('td', { text: c }); })));
  }

  /* Holidays, and weekends that are worked, as far as the calendar goes. */
  function days(b) {
    const list = b.special_days.map(function (d) { return ZY.fmt.dateWeekday(d.day) + ZY.t(d.open ? 'slip.works' : 'slip.rests'); });
    return ZY.t(list.length ? 'slip.days' : 'slip.nodays', { until: ZY.fmt.date(b.known_until), days: list.join('\u3001') });
  }
  function slip(kase) {
    $('#lead').textContent = ZY.t(kase.submitted_at ? 'slip.lead' : 'slip.early');
    head(kase, [['paper.made', ZY.fmt.dateWeekday(ZY.today())]]);
    kase.materials.forEach(function (m) {
      const r = ofRoute(m.code);
      $('#mats').appendChild(tr(m.name, [ZY.t('start.copies', { n: m.copies }), r.show ? ZY.t('slip.show') : '\u2013', r.note || '']));
    });
    const ids = kase.materials.some(function (m) { return m.code === 'm3' || m.code === 'm5'; });
    $('#who-comes').textContent = ids ? ZY.t(kase.holder === 'ind' ? 'slip.who.ind' : 'slip.who.unit') : '';
    ZY.api('GET', '/api/branches').then(function (r) {
      const wanted = kase.delivery && kase.delivery.branch;
      const list = r.data.items.filter(function (b) { return b.code === wanted; });
      (list.length ? list : r.data.items).forEach(function (b) {
        const known = b.open_today !== null && b.open_today !== undefined;
        $('#where').appendChild(ZY.el('div', { class: 'box box-key' }, [
          ZY.el('h3', {}, [b.name, known ? ZY.el('span', { class: 'screen-only tag' + (b.open_today ? ' tag-ok' : ''), text: ZY.t(b.open_today ? 'outlet.open' : 'outlet.closed') }) : null]),
          ZY.el('p', { text: b.address }), ZY.el('p', { text: b.hours }), known ? ZY.el('p', { text: days(b) }) : null, ZY.el('p', { text: b.phone })]));
        if (!known) { $('#cal').textContent = ZY.t('slip.nocal'); }
      });
    }, function (p) { $('#where').appendChild(ZY.failure(p, function () { location.reload(); })); });
  }
  function receipt(kase) {
    $('#go-track').href = ZY.home + '/track/case.html?no=' + kase.no;
    if (!kase.submitted_at) { $('#lead').textContent = ZY.t('receipt.notyet'); return; }
    $('#lead').textContent = ZY.t('receipt.lead', { date: ZY.fmt.dateTime(kase.submitted_at) });
    head(kase, [['paper.state', kase.state_name], ['paper.ref', kase.reference, 'code'], ['paper.due', kase.due ? ZY.fmt.dateWeekday(kase.due) : ''],
      ['paper.made', ZY.fmt.dateTime(new Date().toISOString())]]);
    const got = kase.materials.filter(function (m) { return m.files.length || SCANNED.indexOf(m.state) >= 0; });
    got.forEach(function (m) { $('#mats').appendChild(tr(m.name, [ZY.t('start.copies', { n: m.copies }), m.files.map(function (f) { return f.filename; }).join('\u3001')])); });
    if (!got.length) { $('#mats').appendChild(ZY.el('tr', {}, [ZY.el('td', { colspan: 3, text: ZY.t('receipt.none') })])); }
    const gates = $('#gates');
    kase.gates.forEach(function (g) {
      gates.appendChild(ZY.el('div', { class: g.closed_at ? 'on' : '' }, [ZY.el('dt', { text: g.label }),
        ZY.el('dd', { text: g.closed_at ? ZY.t('gate.closed', { date: ZY.fmt.date(g.closed_at) }) : ZY.t(g.name === 'scans' && kase.state !== 'returned' ? 'gate.open.ca' : 'gate.open.applicant') })]));
    });
    $('#promise').textContent = kase.due ? '' : kase.promise || '';
  }

  ZY.ready(function () {
    ZY.withCase(function (kase) { if ($('#where')) { slip(kase); } else { receipt(kase); } });
  });
}(window.ZY));
