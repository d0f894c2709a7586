/* Texts that the scripts of the staff desk show.  Loaded after core.js. */
'use strict';
window.ZY.addTexts({
	'title': '{page} - 证印工作台',
	'comma': '、',
	'colon': '：',
	'semicolon': '；',

	'role.clerk': '受理', 'role.reviewer': '复审', 'role.producer': '制证', 'role.finance': '财务', 'role.desk': '前台与收发',
	'role.supervisor': '主管', 'role.admin': '系统管理', 'role.auditor': '审计',
	'service.new': '新申请', 'service.add': '增加', 'service.renew': '续期', 'service.change': '变更', 'service.reissue': '补办',
	'service.unlock': '解锁', 'service.revoke': '注销',
	'holder.org': '机构', 'holder.rep': '法人代表', 'holder.ind': '自然人',
	'channel.online': '网上', 'channel.post': '邮寄', 'channel.counter': '前台',
	'gate.scans': '材料合格', 'gate.originals': '原件', 'gate.money': '款项', 'gate.token': '介质', 'gate.signature': '签名',
	'delivery.courier': '快递', 'delivery.pickup': '到前台领取',
	'invoice.normal': '普通发票', 'invoice.special': '专用发票',
	'queue.submitted': '待初审', 'queue.mine': '我的', 'queue.returned': '补正中', 'queue.accepted': '待齐备', 'queue.second_review': '待复审',
	'queue.approved': '待制证', 'queue.to_send': '待寄出', 'queue.to_collect': '待领取', 'queue.all': '全部',
	'state.draft': '填写中', 'state.printed': '待上传', 'state.submitted': '待初审', 'state.reviewing': '初审中', 'state.returned': '待补正',
	'state.accepted': '待齐备', 'state.second_review': '待复审', 'state.approved': '待制证', 'state.produced': '已制证', 'state.sent': '已寄出',
	'state.ready': '待取', 'state.installing': '待安装', 'state.completed': '已办结', 'state.withdrawn': '已撤回', 'state.rejected': '不予办理', 'state.expired': '已关闭',

	'top.out': '退出',
	'nav.lists': '工作列表', 'nav.desks': '登记', 'nav.mail': '收件登记', 'nav.finance': '收款登记', 'nav.produce': '制证', 'nav.ship': '寄出与领取',

	'notice.info': '提示：', 'notice.ok': '完成：', 'notice.warn': '注意：', 'notice.err': '没有成功：',
	'act.retry': '重试', 'act.login': '重新登录', 'act.cancel': '取消', 'act.close': '关闭', 'act.reload': '刷新页面', 'act.reread': '读取最新内容',
	'act.claim': '认领', 'act.release': '释放', 'act.next': '下一件', 'act.accept': '受理', 'act.return': '发送补正', 'act.reject': '不予办理',
	'act.approve': '复审通过', 'act.remove': '删掉', 'act.copy': '复制我写的内容', 'act.to_list': '回到列表',

	'staff.sign_in': '登录已过期。本页内容还在，登录后会回到这里。',
	'staff.credentials': '账号、密码或动态码不正确',
	'staff.forbidden': '您的岗位没有这项权限。需要时请主管调整。',
	'staff.two_persons': '这件业务的前一步是您办的，须由另一位同事办理。',
	'staff.stale': '这件申请刚被别人更新，请先读取最新内容。',
	'staff.not_claimed': '认领已失效，请重新认领后再处理。',
	'staff.state': '这件申请的状态已变，不能再做这一步。',

	'reason.label': '理由', 'reason.empty': '写明理由',

	'login.no_user': '填写账号', 'login.no_password': '填写密码', 'login.bad_totp': '动态码是6位数字',
	'login.locked': '登录失败次数太多，账号已暂时锁定。过15分钟再试，或请主管解锁。',

	'keys.title': '按键一览', 'keys.key': '按键', 'keys.does': '作用', 'keys.switch': '使用单键操作（在输入框中不起作用）',
	'keys.help': '打开本帮助', 'keys.find': '光标移到查找框', 'keys.down': '下一行', 'keys.up': '上一行', 'keys.open': '打开所选的一行', 'keys.next_case': '下一件',
	'keys.pass': '合格，转到下一项未判的', 'keys.fail': '不合格，选原因', 'keys.mark': '在图上标出位置', 'keys.save': '保存当前判定', 'keys.claim': '认领或释放',
	'keys.left': '图左转', 'keys.right': '图右转', 'keys.in': '放大', 'keys.out': '缩小', 'keys.fit': '适合窗口', 'keys.prev': '上一页', 'keys.next': '下一页', 'keys.material': '第1至9项材料',

	'sla.paused': '暂停：等申请人', 'sla.late': '超期{n}天', 'sla.today': '今天', 'sla.left': '剩{n}天', 'sla.none': '未起算',

	'col.no': '申请单号', 'col.unit': '单位或姓名', 'col.kind': '业务', 'col.channel': '途径', 'col.state': '状态', 'col.submitted': '提交时间', 'col.due': '期限', 'col.claim': '办理人',
	'list.no_name': '（未填名称）', 'list.waits': '等{gate}', 'list.none': '没有待办', 'list.none_filtered': '这样筛选没有结果',
	'list.unfilter': '去掉筛选', 'list.elsewhere': '这些列表里还有：', 'list.queue_n': '{name}（{n}件）', 'list.shown': '共{n}件', 'list.shown_part': '本页{n}件',
	'list.first': '回到第一页', 'list.next': '下一页', 'list.find': '单号或名称', 'list.filter': '筛选', 'list.remove': '（去掉这个条件）', 'list.chip_q': '含「{q}」',
	'list.open_next': '下一件', 'list.waiting': '在等什么', 'list.waiting_any': '全部', 'list.waiting_originals': '等原件', 'list.waiting_money': '等款项',

	'case.kind': '{service}·{holder}', 'case.due': '期限{day}', 'case.held': '{name}正在办理，保留到{at}。您可以看，不能改。', 'case.mine': '您已认领，保留到{at}',
	'case.stale': '内容已在别处更新。您写的还在本页，读取最新内容后再保存。', 'case.reread': '已读取最新内容',
	'case.lost': '认领已失效。您写的还在本页，重新认领后可以继续。', 'case.lost_to': '认领已失效，现在由{name}办理，保留到{at}。您写的还在本页。', 'case.copied': '已复制',
	'case.unsaved': '正在保存未存的判定', 'case.no_next': '这个列表里没有别的待办', 'case.panel_failed': '有一块内容没有读到',
	'case.scans': '扫描件', 'case.data': '申请资料', 'case.gates': '办理条件', 'case.log': '办理记录', 'case.waits': '等待', 'case.empty': '未填写',
	'case.unit': '单位', 'case.person': '申请人', 'case.agent': '经办人', 'case.terms': '证书', 'case.remittance': '申请人填的汇款信息', 'case.delivery': '领取', 'case.invoice': '发票',
	'case.missing': '没有找到这件申请', 'case.missing_text': '单号{no}不存在，或您的岗位看不到它。', 'case.failed': '没有读到这件申请',

	'f.unit.name': '单位名称', 'f.unit.uscc': '统一社会信用代码', 'f.unit.kind': '单位类型', 'f.unit.licence_kind': '证照', 'f.unit.licence_until': '证照有效期至',
	'f.unit.address': '法定地址', 'f.unit.legal_rep': '法定代表人', 'f.unit.phone': '单位电话',
	'f.person.name': '申请人', 'f.person.id_type': '证件类型', 'f.person.id_number': '申请人证件号', 'f.person.phone': '申请人手机', 'f.person.email': '邮箱', 'f.person.title': '职务', 'f.person.address': '地址',
	'f.agent.name': '经办人', 'f.agent.id_type': '证件类型', 'f.agent.id_number': '经办人证件号', 'f.agent.phone': '经办人手机', 'f.agent.email': '邮箱',
	'f.remittance.payer_name': '付款户名', 'f.remittance.payer_account': '付款账号', 'f.remittance.bank': '开户行', 'f.remittance.paid_on': '汇款日期', 'f.remittance.amount_fen': '汇款金额',
	'f.delivery.mode': '方式', 'f.delivery.name': '收件人', 'f.delivery.phone': '收件电话', 'f.delivery.full': '收件地址', 'f.delivery.branch': '网点',
	'f.invoice.kind': '发票', 'f.invoice.title': '抬头', 'f.invoice.tax_number': '税号',
	'f.item': '第{n}张', 'f.item_is': '{kind} {name}', 'f.years': '年限', 'f.years_n': '{n}年', 'f.amount': '应付', 'f.reference': '参考码', 'f.form': '申请表', 'f.form_is': '第{n}版，共{pages}页', 'f.subject': '证书主体',

	'reveal.masked': '证件号和电话已遮盖。', 'reveal.show': '显示', 'reveal.title': '显示完整号码', 'reveal.text': '查看会记入日志，连同您写的理由。', 'reveal.done': '号码已显示',

	'release.title': '释放这件申请', 'release.text': '释放后其他同事可以认领。已保存的判定会留下。',

	'view.tools': '看图工具', 'view.left': '左转', 'view.right': '右转', 'view.in': '放大', 'view.out': '缩小', 'view.fit': '适合', 'view.prev': '上一页', 'view.next': '下一页',
	'view.mark': '标出位置', 'view.original': '下载原件', 'view.key': '（按键 {key}）', 'view.count': '{n}/{all}', 'view.areas': '标出的位置', 'view.alt': '{name}第{n}页',
	'view.page': '{file}第{n}页', 'view.page_old': '旧{file}第{n}页', 'view.file': '文件{n} ', 'view.failed': '这一页没有读到。可以重试，或下载原件查看。', 'view.none': '没有上传{name}', 'view.rendering': '图像还在生成，稍后再看',
	'view.locked': '认领后在这里看扫描件', 'view.locked_held': '{name}正在办理', 'view.look': '不认领，只查看（会留下记录）',
	'view.mark_how': '拖动画框。或用方向键移动、Shift加方向键改大小、数字1至9选九宫格，回车确定，Esc取消。',

	'verdict.list': '材料判定', 'verdict.pages': '{n}页', 'verdict.no_file': '无文件', 'verdict.copies': '{n}份', 'verdict.legend': '{name}是否合格',
	'verdict.pass': '合格', 'verdict.fail': '不合格', 'verdict.waive': '免交', 'verdict.is_none': '未判', 'verdict.is_pass': '合格', 'verdict.is_fail': '不合格', 'verdict.is_waive': '免交', 'verdict.is_': '未判',
	'verdict.reasons': '原因（至少选一项）', 'verdict.areas': '图上的位置', 'verdict.area': '第{page}页的第{n}处', 'verdict.mark': '标出位置',
	'verdict.note': '补充说明（选填，申请人会看到）', 'verdict.note_waive': '免交的理由',
	'verdict.need': '', 'verdict.need_reason': '未保存：还要选一项原因', 'verdict.need_text': '未保存：选了「其他」，写明是什么', 'verdict.need_waive': '未保存：写明免交的理由',
	'verdict.unsaved': '未保存', 'verdict.unsaved_long': '未保存', 'verdict.saving': '正在保存…', 'verdict.saved': '已保存 {at}',
	'verdict.earlier': '以前各轮', 'verdict.earlier_row': '第{round}轮：{verdict} {why}',

	'bar.label': '决定', 'bar.left': '还有{n}项未判', 'bar.fails': '{n}项不合格，可以发送补正', 'bar.all_pass': '{n}项都已通过，可以受理', 'bar.no_fail': '没有不合格的材料，不用补正', 'bar.has_fail': '有{n}项不合格，不能受理', 'bar.claim': '认领后可以判定',

	'return.title': '发送补正通知', 'return.note': '给申请人的总说明（选填）', 'return.note_hint': '写在各项之前', 'return.days': '补正期限（选填）', 'return.days_hint': '从今天起的天数，不填用系统设置', 'return.days_bad': '天数为1至90',
	'return.send': '发送补正', 'return.done': '补正通知已发出，状态为{state}。',
	'preview.title': '申请单号{no}需要您改{n}处', 'preview.area': '{name}第{page}页，红框为标出的位置', 'preview.page': '第{page}页', 'preview.rest': '其余{n}项已通过，申请人无需再交。',
	'accept.done': '已受理，状态为{state}。',
	'reject.title': '不予办理', 'reject.text': '这是终局决定，申请人会收到理由。能补正的请用「发送补正」。', 'reject.label': '给申请人的理由', 'reject.hint': '写清依据，以及还能怎么办', 'reject.send': '不予办理', 'reject.done': '已不予办理。',
	'approve.title': '复审通过', 'approve.text': '初审：{name}。通过后进入制证，以下内容将写入证书。', 'approve.send': '复审通过', 'approve.done': '复审已通过，状态为{state}。', 'approve.two': '初审是您办的，复审须由另一位同事办理', 'approve.say': '初审：{name}。核对后通过。',

	'log.created': '建立申请', 'log.submitted': '提交', 'log.verdict': '{name}：{verdict}{why}', 'log.why': '，{why}', 'log.original': '收到原件：{name}{n}份', 'log.payment': '登记收款：{name} {amount}',
	'log.certificate': '第{n}张证书已制，序列号{serial}', 'log.parcel': '已寄出，运单号{waybill}', 'log.gate': '条件已齐：{name}',

	'originals.title': '原件', 'originals.paper': '原件', 'originals.want': '应收', 'originals.have': '收到', 'originals.copies': '{n}份', 'originals.nth': '第{n}份', 'originals.every': '全部勾选',
	'originals.all': '收齐', 'originals.some': '登记已收的，缺{n}份', 'originals.closed': '已于{at}收齐', 'originals.saved': '原件已收齐。', 'originals.due': '承诺{day}前办结。', 'originals.saved_part': '已登记，还缺{n}份。',

	'mail.right': '正确', 'mail.old': '旧版', 'mail.foreign': '非本系统', 'mail.closed': '已办结', 'mail.again': '已收过', 'mail.none': '不收原件', 'mail.part': '未收齐', 'mail.done': '收齐',
	'mail.right_say': '第{n}版，第{page}页（共{pages}页），第{copy}份', 'mail.right_typed': '按单号查到。核对纸上写的是第{n}版。', 'mail.old_say': '这一页是第{n}版，现行是第{now}版。这一份不算数，请联系经办人。',
	'mail.foreign_say': '不是本系统的申请单号或二维码。', 'mail.unknown_say': '没有单号为{no}的申请。', 'mail.closed_say': '这件申请的状态是{state}，不再收件。', 'mail.again_say': '原件已于{at}收齐。', 'mail.none_say': '状态是{state}，现在不等原件。',
	'mail.ime': '扫码枪经过中文输入法会丢字，请切换到英文输入。',

	'pay.title': '收款', 'pay.due': '应付', 'pay.came': '已到账', 'pay.left': '还差', 'pay.must': '应由谁付', 'pay.list': '已登记的收款', 'pay.new': '登记一笔收款', 'pay.account': '付款账号（选填）',
	'pay.col.date': '到账日期', 'pay.col.no': '申请单号', 'pay.col.payer': '付款户名', 'pay.col.amount': '金额（元）', 'pay.col.method': '方式', 'pay.col.serial': '银行流水号', 'pay.col.recorded': '登记',
	'pay.transfer': '转账', 'pay.counter': '前台收款', 'pay.wrong': '户名不符', 'pay.save': '登记收款', 'pay.stated': '申请人填的：{name}，{amount}，{day}',
	'pay.bad.pay-name': '填写付款户名', 'pay.bad.pay-amount': '金额如1400或1,400.00', 'pay.bad.pay-date': '填写到账日期，不能晚于今天', 'pay.bad.pay-serial': '转账必须填银行流水号', 'pay.bad.pay-account': '账号为6至40位数字',
	'pay.other_payer': '户名与「{name}」不同，登记后款项条件不会满足。', 'pay.less': '比还差的少{amount}。', 'pay.more': '比还差的多{amount}。', 'pay.twice': '这个流水号已登记过',
	'pay.saved': '款项已齐。', 'pay.saved_part': '已登记，还差{amount}。', 'pay.saved_open': '已登记，户名不符，款项条件未满足。', 'pay.closed': '款项已齐，不用再登记。',
	'finance.none': '还没有登记过收款。登记后显示在这里。', 'finance.not_found': '没有找到「{q}」。核对单号、参考码或单位名称。', 'finance.choose': '找到{n}件，选一件：',

	'make.title': '制证', 'make.item': '第{n}张（共{all}张）', 'make.made': '已制', 'make.open': '未制', 'make.seal': '印章', 'make.sign': '签名证书序列号', 'make.enc': '加密证书序列号', 'make.term': '有效期', 'make.from_to': '{from}至{to}',
	'make.from': '有效期起', 'make.to': '有效期止', 'make.save': '登记第{n}张', 'make.done': '第{n}张已登记。', 'make.all_done': '全部制完，进入寄送或领取。', 'make.two': '初审是您办的，制证须由另一位同事办理。', 'make.twice': '这个序列号已登记过',
	'make.bad.sign': '填写签名证书序列号', 'make.bad.enc': '填写加密证书序列号', 'make.bad.same': '两个序列号不能相同', 'make.bad.from': '填写有效期起', 'make.bad.to': '有效期止应晚于有效期起',
	'make.none': '没有待制证的申请。复审通过且条件齐备的会出现在这里。', 'make.fill': '填写', 'make.count': '已制{n}/{all}张', 'make.all_made': '全部制完',

	'ship.title': '寄送与领取', 'ship.waybill': '顺丰运单号', 'ship.sent': '登记寄出', 'ship.bad_waybill': '运单号为8至30位字母或数字', 'ship.twice': '这个运单号已登记过', 'ship.saved': '已登记寄出，申请人会收到短信。',
	'ship.ready': '放到前台，通知领取', 'ship.saved_ready': '已通知申请人来领取。', 'ship.collector': '领取人姓名', 'ship.seen': '已查看领取人的身份证原件', 'ship.handed': '登记领取', 'ship.no_collector': '填写领取人姓名', 'ship.not_seen': '先查看身份证原件再勾选',
	'ship.saved_handed': '已领取，本件办结。', 'ship.delivered': '登记签收', 'ship.saved_delivered': '已签收，本件办结。', 'ship.was_sent': '{waybill}，{at}寄出', 'ship.was_delivered': '{waybill}，{at}签收',
	'ship.do_send': '填运单号', 'ship.do_ready': '放到前台', 'ship.do_hand': '登记领取', 'ship.none_send': '没有待寄出的。制完且选快递的会出现在这里。', 'ship.none_collect': '没有待领取的。制完且选到前台领取的会出现在这里。'
});
