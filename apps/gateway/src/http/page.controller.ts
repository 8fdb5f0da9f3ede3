import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import type { Response } from 'express';
import { storyPage } from './page.ts';

/** What a browser asks for. Open to all: what the page shows, it reads with the visitor's key. */
@Controller()
export class PageController {
  private readonly page = storyPage();

  @Get()
  read(@Res() response: Response): void {
    const { html, policy } = this.page;
    response.set({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' }).type('html').send(html);
  }

  /** There is none; browsers ask all the same. */
  @Get('favicon.ico')
  @HttpCode(204)
  icon(): void {}
}
