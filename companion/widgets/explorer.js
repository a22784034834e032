function renderExplorer({ el }) { el.textContent = 'soon'; }
export default { render: renderExplorer };
