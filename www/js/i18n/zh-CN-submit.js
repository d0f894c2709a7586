/* Texts of the page that submits.  Loaded after core.js. */
'use strict';
window.ZY.addTexts({
  'submit.declaration': '所填内容和所附材料真实、完整、有效。',
  'submit.agree': '我已阅读并同意《{title}》', 'submit.version': '{version}版', 'submit.read': '阅读《{title}》（另开窗口）',
  'submit.need': '勾选同意《{title}》后才能提交',
  'submit.need.declare': '勾选声明后才能提交',
  'submit.missing': '还缺{n}项'
});
