function renderQuestion({ el }) { el.textContent = 'soon'; }
export default { render: renderQuestion };
