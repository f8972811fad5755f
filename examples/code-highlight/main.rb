require "rouge"

# Takes `code` and, if it is not to be guessed, its `language`; answers HTML and the style that belongs to it.
def main(args)
  code = args.fetch("code")
  lexer = Rouge::Lexer.find_fancy(args.fetch("language", "guess"), code)
  puts "it is #{lexer.tag}"
  html = Rouge::Formatters::HTML.new.format(lexer.lex(code))
  { language: lexer.tag, html: "<pre class=\"highlight\">#{html}</pre>", css: Rouge::Themes::Github.render(scope: ".highlight") }
end
