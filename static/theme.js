document.addEventListener("submit", (event) => {
  if (!event.target.matches(".theme-switch") || event.submitter === null) return;
  event.preventDefault();
  const { value, dataset } = event.submitter;
  document.cookie = dataset.cookie;
  if (dataset.themeName) document.documentElement.dataset.theme = dataset.themeName;
  else delete document.documentElement.dataset.theme;
  for (const button of document.querySelectorAll(".theme-switch button")) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
});
