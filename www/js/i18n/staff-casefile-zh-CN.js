/* Texts of the sealed file of a case. */
'use strict';
window.ZY.addTexts({
	'casefile.h': '办件档案',
	'casefile.about': '办结时封存的全部材料，带系统签名，可以离线核对。下载会记入审计。',
	'casefile.facts': '{n}个文件，{size}，{at}封存',
	'casefile.sum': '清单摘要',
	'casefile.get': '下载档案（tar）',
	'casefile.none': '档案还没有生成，一般在办结后几分钟内生成。过几分钟仍没有，请告诉系统管理员。',
	'casefile.again': '再看一次'
});
