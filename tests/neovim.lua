-- Run by tests/neovim.sh in Neovim: open a draft, read the diagnostics, the hover and the quick fix of presend lsp, take the fix, and see the finding go.
local failed = 0

local function check(good, what)
	if not good then
		failed = failed + 1
		io.stdout:write('neovim: FAILED: ' .. what .. '\n')
	end
end

local function wait_for(what, condition)
	check(vim.wait(20000, condition, 20), what)
end

local function has(buffer, code)
	for _, d in ipairs(vim.diagnostic.get(buffer)) do
		if d.code == code then
			return d
		end
	end
end

vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.DRAFT))
local buffer = vim.api.nvim_get_current_buf()
local id = vim.lsp.start_client({ name = 'presend', cmd = { vim.env.PRESEND, 'lsp' }, root_dir = vim.fn.getcwd() })
vim.lsp.buf_attach_client(buffer, id)
wait_for('a diagnostic', function() return has(buffer, 'mime-version-missing') end)
local found = has(buffer, 'mime-version-missing')
check(found and found.severity == vim.diagnostic.severity.ERROR and found.source == 'presend', 'what it says')
local client = vim.lsp.get_client_by_id(id)
check(client.offset_encoding == 'utf-16', 'positions in UTF-16')
local identity = { uri = vim.uri_from_bufnr(buffer) }
local hover = client.request_sync('textDocument/hover', { textDocument = identity, position = { line = found.lnum, character = found.col } }, 20000, buffer)
check(hover and hover.result and hover.result.contents.value:find('RFC 2045', 1, true), 'hover')
local place = { line = found.lnum, character = found.col }
local actions = client.request_sync('textDocument/codeAction', { textDocument = identity, range = { start = place, ['end'] = place }, context = { diagnostics = {} } }, 20000, buffer)
local action
for _, a in ipairs(actions and actions.result or {}) do
	if a.kind == 'quickfix' and a.diagnostics[1].code == 'mime-version-missing' then
		action = a
	end
end
check(action, 'a quick fix')
if action then
	vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
	wait_for('the finding goes', function() return not has(buffer, 'mime-version-missing') and #vim.diagnostic.get(buffer) > 0 end)
	check(vim.fn.search('^MIME-Version: 1.0$', 'w') > 0, 'the line is there')
end
-- Typing: what is taken away comes back as a finding.
vim.cmd('g/^MIME-Version:/d')
wait_for('and it comes back', function() return has(buffer, 'mime-version-missing') end)
-- A column behind Japanese and an emoji, as Neovim turns it into its own.
vim.cmd('enew')
vim.cmd('file letter.html')
local other = vim.api.nvim_get_current_buf()
vim.api.nvim_buf_set_lines(other, 0, -1, false, { '<html lang="ja"><body><p>🌸桜 <script>alert(1)</script></p></body></html>' })
vim.lsp.buf_attach_client(other, id)
wait_for('a diagnostic in HTML', function() return has(other, 'html-script') end)
local script = has(other, 'html-script')
check(script and vim.api.nvim_buf_get_lines(other, 0, 1, false)[1]:sub(script.col + 1, script.col + 7) == '<script', 'its column')
client.stop()
wait_for('the server ends', function() return client.is_stopped() end)
io.stdout:write('neovim: ' .. (failed == 0 and 'all good' or failed .. ' failed') .. '\n')
vim.cmd(failed == 0 and 'qall!' or 'cquit!')
