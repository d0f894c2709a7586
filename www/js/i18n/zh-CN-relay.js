/* Texts of sending by phone: the desktop's upload page and the phone's.  Loaded after core.js. */
'use strict';
window.ZY.addTexts({
  'relay.h': '用手机扫码拍照', 'relay.img': '二维码：用手机扫码上传{name}',
  'relay.1': '用手机相机或微信扫这个二维码', 'relay.2': '核对手机上的配对码是{pair}', 'relay.3': '拍照或选照片，可以传几张',
  'relay.until': '这个二维码{time}失效，只能由一部手机打开。',
  'relay.type': '扫不了：在手机浏览器打开{url}，输入接力码', 'relay.copy': '复制网址发给手机',
  'relay.waiting': '等待手机扫码', 'relay.connected': '手机已连接，等待拍照', 'relay.sending': '，正在传{n}个', 'relay.received': '手机已传{n}个文件',
  'relay.why.expired': '二维码已过期。', 'relay.why.submitted': '申请已提交，手机上传已结束。', 'relay.why.desktop': '手机上传已结束。',
  'relay.why.phone': '手机那边已经传完。', 'relay.why.newer': '已在别处重新生成二维码。', 'relay.pause': '很久没有动静，不再自动刷新。',
  'relay.end': '结束手机上传', 'relay.again': '重新生成二维码', 'relay.more': '再用手机传', 'relay.look': '刷新状态',
  'relay.for': '业务：{service}', 'relay.shot': '手机照片{n}.jpg', 'relay.bad': '接力码是26位，只有字母和数字2至7，请核对后重输',
  'relay.done': '已传{n}个文件', 'relay.done.0': '没有传文件', 'relay.left': '请在{time}前传完。',
  'relay.gone': '连接已结束。可能是时间到了、电脑上结束了手机上传，或者申请已经提交。已经传成的文件都在，需要再传就在电脑上重新生成二维码。'
});
